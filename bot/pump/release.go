package pump

import (
	"context"

	"latchkey/bot/dialogue"
	"latchkey/bot/store"
)

// release chooses the pack that a conversation goes on with: the one it is on
// until it ends or has rested, unless the new one says the same in other words
// or asks for everybody.
func (p *Pump) release(ctx context.Context, c store.Conversation, s dialogue.State) (*Release, error) {
	cur := p.o.Packs.Current()
	if c.Release == "" || c.Release == cur.Pack.Release || dialogue.Rests(s, p.now().Sub(c.UpdatedAt)) {
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
	if dialogue.MovesNow(cur.Pack, old.Pack, s) {
		return cur, nil
	}
	return old, nil
}
