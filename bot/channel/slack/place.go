package slack

import (
	"fmt"
	"strings"

	"latchkey/bot"
)

// place is where a conversation is held: a direct message, or a thread.
type place struct {
	team, channel string
	thread        string // ts of the message that began the thread; "" in a direct message
}

// id is slack:TEAM:CHANNEL or slack:TEAM:CHANNEL:THREAD.
func (p place) id() bot.ConversationID {
	s := Name + ":" + p.team + ":" + p.channel
	if p.thread != "" {
		s += ":" + p.thread
	}
	return bot.ConversationID(s)
}

// placeOf reads what id wrote.
func placeOf(c bot.ConversationID) (place, error) {
	f := strings.Split(string(c), ":")
	if len(f) < 3 || len(f) > 4 || f[0] != Name || f[2] == "" {
		return place{}, fmt.Errorf("%q is no conversation of Slack", c)
	}
	p := place{team: f[1], channel: f[2]}
	if len(f) == 4 {
		p.thread = f[3]
	}
	return p, nil
}

func customer(team, user string) bot.CustomerID {
	return bot.CustomerID(Name + ":" + team + ":" + user)
}

// userOf is the Slack user that a customer is.
func userOf(c bot.CustomerID) string {
	f := strings.Split(string(c), ":")
	return f[len(f)-1]
}
