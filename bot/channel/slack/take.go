package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"latchkey/bot"
)

var (
	errNotRunning = errors.New("not running")
	// errUnreadable says that a delivery is not what Slack documents.
	errUnreadable = errors.New("not what Slack documents")
)

// Kinds of delivery, as envelopes of Socket Mode name them.
const (
	kindEvent       = "events_api"
	kindInteractive = "interactive"
	kindCommand     = "slash_commands"
)

// take makes one delivery durable. reply is what the acknowledgement says, or
// nil. An error of another kind than errUnreadable means: deliver it again.
func (c *Channel) take(ctx context.Context, kind string, payload []byte) (reply any, err error) {
	c.mu.Lock()
	running := c.accept != nil
	c.mu.Unlock()
	if !running {
		return nil, errNotRunning
	}
	switch kind {
	case kindEvent:
		var b eventBody
		if err := json.Unmarshal(payload, &b); err != nil {
			return nil, fmt.Errorf("%w: %w", errUnreadable, err)
		}
		return nil, c.takeEvent(ctx, b)
	case kindInteractive:
		var i interaction
		if err := json.Unmarshal(payload, &i); err != nil {
			return nil, fmt.Errorf("%w: %w", errUnreadable, err)
		}
		return nil, c.takeInteraction(ctx, i)
	case kindCommand:
		var cmd command
		if err := json.Unmarshal(payload, &cmd); err != nil {
			return nil, fmt.Errorf("%w: %w", errUnreadable, err)
		}
		return c.takeCommand(ctx, cmd)
	}
	return nil, nil
}

// hand gives an event over, with what is known of the person.
func (c *Channel) hand(ctx context.Context, in bot.Inbound, user string) error {
	c.mu.Lock()
	accept := c.accept
	c.mu.Unlock()
	if accept == nil {
		return errNotRunning
	}
	p := c.person(ctx, user)
	in.Name, in.Event.Lang = p.Name, p.Locale
	return accept(ctx, in)
}

// takeEvent is one event of the Events API.
func (c *Channel) takeEvent(ctx context.Context, b eventBody) error {
	if b.Type == "app_rate_limited" {
		c.set("Slack holds events back: the app was sent too many")
		return nil
	}
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(b.Event, &head); err != nil {
		return fmt.Errorf("%w: %w", errUnreadable, err)
	}
	switch head.Type {
	case "message", "app_mention", "app_home_opened", "assistant_thread_started":
	case "tokens_revoked", "app_uninstalled":
		c.set("the app was removed from the workspace or its token revoked; install it again")
		return nil
	default:
		return nil // nothing that anybody waits for
	}
	var ev event
	if err := json.Unmarshal(b.Event, &ev); err != nil {
		return fmt.Errorf("%w: %w", errUnreadable, err)
	}
	switch head.Type {
	case "app_home_opened":
		if ev.Tab != "messages" {
			c.beside("home", func(ctx context.Context) error { return c.publishHome(ctx, b.Team, ev.User, ev.Channel) })
		}
		return nil
	case "assistant_thread_started":
		return c.takeAssistant(ctx, b, ev.Assistant)
	}
	return c.takeMessage(ctx, b, &ev)
}

func (c *Channel) takeMessage(ctx context.Context, b eventBody, ev *event) error {
	c.mu.Lock()
	me := c.me
	c.mu.Unlock()
	w, ok := message(b.Team, ev, me)
	if !ok {
		return nil
	}
	if ev.ChannelType != "im" {
		goOn, err := c.inThread(ctx, b, w, ev.Type == "app_mention")
		if err != nil || !goOn {
			return err
		}
	} else if err := c.o.Memory.Remember(ctx, dmKey(b.Team, w.user), []byte(ev.Channel), 0); err != nil {
		return err
	}
	return c.hand(ctx, w.in, w.user)
}

// inThread tells whether a message in a channel belongs to a conversation. A
// thread is its beginner's: others are told, privately, where to get help. In
// a channel that is shared with another company nothing is said openly. tell is
// set for one of the two events that a mention makes.
func (c *Channel) inThread(ctx context.Context, b eventBody, w written, tell bool) (bool, error) {
	key := "thread:" + string(w.place.id())
	owner, err := c.o.Memory.Recall(ctx, key)
	if err != nil {
		return false, err
	}
	switch {
	case b.Shared && owner == nil:
		if tell {
			c.tell(w.place, w.user, func(ws words) string { return ws.shared })
		}
		return false, nil
	case owner == nil && !w.mention:
		return false, nil // people among themselves
	case owner == nil:
		return true, c.o.Memory.Remember(ctx, key, []byte(w.user), 0)
	case string(owner) != w.user:
		if tell {
			c.tell(w.place, w.user, func(ws words) string { return ws.elsewhere })
		}
		return false, nil
	}
	return true, nil
}

func dmKey(team, user string) string { return "dm:" + team + ":" + user }

// takeAssistant opens the conversation of a new thread in the assistant pane,
// with prompts to choose from.
func (c *Channel) takeAssistant(ctx context.Context, b eventBody, a assistant) error {
	if a.User == "" || a.Channel == "" || a.Thread == "" {
		return nil
	}
	p := place{team: b.Team, channel: a.Channel, thread: a.Thread}
	c.beside("prompts", func(ctx context.Context) error { return c.prompt(ctx, p, a.User) })
	in := bot.Inbound{
		Channel: Name, Key: "assistant:" + string(p.id()), Conversation: p.id(), Customer: customer(b.Team, a.User),
		Event: bot.Event{Kind: bot.EventOpened, Facts: facts()},
	}
	return c.hand(ctx, in, a.User)
}

// takeInteraction is a press or a shortcut. Slack delivers it once and shows a
// warning when it is not acknowledged within three seconds.
func (c *Channel) takeInteraction(ctx context.Context, i interaction) error {
	switch {
	case i.Type == "message_action" && i.Callback == shortcutID:
		return c.takeShortcut(ctx, i)
	case i.Type != "block_actions" || len(i.Actions) == 0:
		return nil
	}
	a := i.Actions[0]
	value, _ := a.chosen()
	who := customer(i.Team.ID, i.User.ID)
	switch {
	case strings.HasPrefix(a.ID, flowID):
		return c.fromHome(ctx, i, bot.Event{Kind: bot.EventOpened, Payload: value, Facts: facts()})
	case a.ID == languageID:
		return c.fromHome(ctx, i, bot.Event{Kind: bot.EventText, Text: value, Facts: facts()})
	case !isChoice(a.ID):
		return nil
	}
	p := placeOfPress(i)
	if p.channel == "" {
		return nil
	}
	if !mine(a.Block, who) {
		c.tell(p, i.User.ID, func(w words) string { return w.notYours })
		return nil
	}
	in := bot.Inbound{
		Channel: Name, Key: pressKey(i, a), Conversation: p.id(), Customer: who, Token: value,
		Event: bot.Event{Kind: bot.EventButton, Message: bot.MessageID(i.Message.TS), Facts: facts()},
	}
	if err := c.hand(ctx, in, i.User.ID); err != nil {
		return err
	}
	c.beside("freeze", func(ctx context.Context) error { return c.freeze(ctx, p, i) })
	return nil
}

// placeOfPress is where the message with the button stands.
func placeOfPress(i interaction) place {
	p := place{team: i.Team.ID, channel: i.Container.Channel, thread: i.Container.Thread}
	if p.channel == "" {
		p.channel = i.Channel.ID
	}
	if p.thread == "" {
		p.thread = i.Message.Thread
	}
	return p
}

// pressKey is the same for the same press, however often it comes.
func pressKey(i interaction, a action) string {
	if i.Trigger != "" {
		return "press:" + i.Trigger + ":" + a.TS
	}
	return "press:" + i.Team.ID + ":" + i.Channel.ID + ":" + i.Message.TS + ":" + i.User.ID + ":" + a.TS
}

// shortcutID is the message shortcut "Get help with this".
const shortcutID = "latchkey_help"

// takeShortcut begins a conversation about somebody's message, in private.
func (c *Channel) takeShortcut(ctx context.Context, i interaction) error {
	ev := bot.Event{Kind: bot.EventText, Text: plain(i.Message.Text), Message: bot.MessageID(i.Message.TS), Facts: facts()}
	if ev.Text == "" {
		ev = bot.Event{Kind: bot.EventOpened, Facts: facts()}
	}
	return c.fromHome(ctx, i, ev)
}

// fromHome hands over what was done outside a conversation: it goes on in the
// direct message.
func (c *Channel) fromHome(ctx context.Context, i interaction, ev bot.Event) error {
	dm, err := c.dm(ctx, i.Team.ID, i.User.ID)
	if err != nil {
		return err
	}
	p := place{team: i.Team.ID, channel: dm}
	key := "home:" + i.Trigger
	if i.Trigger == "" && len(i.Actions) > 0 {
		key = pressKey(i, i.Actions[0])
	}
	return c.hand(ctx, bot.Inbound{Channel: Name, Key: key, Conversation: p.id(), Customer: customer(i.Team.ID, i.User.ID), Event: ev}, i.User.ID)
}

// openTime bounds the call that finds a direct message: the whole
// acknowledgement has three seconds.
const openTime = 2 * time.Second

// takeCommand begins a conversation in private, whatever channel the command
// was given in: nobody else gets to read it.
func (c *Channel) takeCommand(ctx context.Context, cmd command) (any, error) {
	w := in(c.person(ctx, cmd.User).Locale)
	answer := func(text string) any { return map[string]string{"response_type": "ephemeral", "text": text} }
	dm, err := c.dm(ctx, cmd.Team, cmd.User)
	if err != nil {
		c.o.Log.Warn("command not taken", "err", explain(err))
		return answer(w.failed), nil
	}
	ev := bot.Event{Kind: bot.EventText, Text: plain(cmd.Text), Facts: facts()}
	if cmd.Text == "" {
		ev = bot.Event{Kind: bot.EventOpened, Facts: facts()}
	}
	p := place{team: cmd.Team, channel: dm}
	in := bot.Inbound{Channel: Name, Key: "command:" + cmd.Trigger, Conversation: p.id(), Customer: customer(cmd.Team, cmd.User), Event: ev}
	if err := c.hand(ctx, in, cmd.User); err != nil {
		return answer(w.failed), err
	}
	return answer(w.begun), nil
}
