package pump

import (
	"context"
	"time"

	"latchkey/bot/dialogue"
	"latchkey/bot/store"
	"latchkey/flows"
)

// restAfter is the silence after which a conversation need not stay on its
// pack release any more.
const restAfter = 24 * time.Hour

// release chooses the pack that a conversation goes on with: the one it is on
// until it ends or has rested, unless the new one says the same in other words
// or asks for everybody.
func (p *Pump) release(ctx context.Context, c store.Conversation, s dialogue.State) (*Release, error) {
	cur := p.o.Packs.Current()
	if c.Release == "" || c.Release == cur.Pack.Release || len(s.Frames) == 0 && s.Prompt == nil || p.now().Sub(c.UpdatedAt) >= restAfter {
		return cur, nil
	}
	old, err := p.o.Packs.Release(ctx, c.Release)
	if err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		// Its release is gone or does not pass today's checks: the engine moves
		// the conversation over, or asks the customer where to go on.
		p.o.Log.Warn("pack release not available; conversation moves on", "conversation", c.ID, "release", c.Release, "err", err)
		return cur, nil
	}
	if movesNow(cur.Pack, old.Pack, s) {
		return cur, nil
	}
	return old, nil
}

// movesNow tells whether a conversation goes over to a new release at once:
// because a flow it is in was recalled, or because nothing but words changed
// in all of them.
func movesNow(cur, old *flows.Pack, s dialogue.State) bool {
	same := true
	for _, f := range s.Frames {
		now, was := cur.Flows[f.Flow], old.Flows[f.Flow]
		if now != nil && now.Recall {
			return true
		}
		if now == nil || was == nil || now.Contract != was.Contract {
			same = false
		}
	}
	return same
}
