package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/slack-go/slack/socketmode"
)

// settle is how long nothing must arrive before what has is taken over, and
// settleAll how long that may put it off: what a customer writes quickly may
// come over both connections at once, and the later message first.
const (
	settle    = 50 * time.Millisecond
	settleAll = 250 * time.Millisecond
)

// arrival is an envelope with the connection that it is acknowledged on.
type arrival struct {
	client *socketmode.Client
	envelope
}

func arrive(ctx context.Context, to chan<- arrival, a arrival) {
	select {
	case to <- a:
	case <-ctx.Done():
	}
}

// inOrder takes envelopes over until ctx ends: those of one place one after the
// other, as Slack's timestamps say, those of different places at once.
func (c *Channel) inOrder(ctx context.Context, arrivals <-chan arrival) {
	for {
		var batch []arrival
		select {
		case a := <-arrivals:
			batch = append(batch, a)
		case <-ctx.Done():
			return
		}
		quiet, end := time.NewTimer(settle), time.Now().Add(settleAll)
		for gathering := true; gathering; {
			select {
			case a := <-arrivals:
				batch = append(batch, a)
				quiet.Reset(min(settle, time.Until(end)))
			case <-quiet.C:
				gathering = false
			}
		}
		lanes := map[string][]arrival{}
		order := map[string]string{} // envelope -> timestamp
		for _, a := range batch {
			at, ts := whereAndWhen(a.envelope)
			lanes[at] = append(lanes[at], a)
			order[a.ID] = ts
		}
		var wg sync.WaitGroup
		for _, lane := range lanes {
			slices.SortStableFunc(lane, func(a, b arrival) int { return cmp.Compare(order[a.ID], order[b.ID]) })
			wg.Go(func() {
				for _, a := range lane {
					c.envelope(ctx, a.client, a.envelope)
				}
			})
		}
		wg.Wait()
	}
}

// whereAndWhen is the channel that an envelope is about, and the time of what
// happened as Slack tells it: seconds with six decimals, which sort as text.
func whereAndWhen(e envelope) (where, when string) {
	var p struct {
		Event struct {
			Channel json.RawMessage `json:"channel"` // of some events an object
			EventTS string          `json:"event_ts"`
		} `json:"event"`
		Channel struct {
			ID string `json:"id"`
		} `json:"channel"`
		Actions []struct {
			TS string `json:"action_ts"`
		} `json:"actions"`
	}
	if err := json.Unmarshal(e.Payload, &p); err != nil {
		return "", ""
	}
	var name string
	switch {
	case e.Type == kindEvent:
		_ = json.Unmarshal(p.Event.Channel, &name) // an object has a place of its own: ""
		return name, p.Event.EventTS
	case len(p.Actions) > 0:
		return p.Channel.ID, p.Actions[0].TS
	}
	return p.Channel.ID, ""
}
