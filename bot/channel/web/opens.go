package web

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// opens bounds how many new chats one address may begin: thirty at once, then
// one every six seconds. A family or an office behind one address notices
// nothing.
type opens struct {
	mu    sync.Mutex
	by    map[string]*opened
	swept time.Time
}

type opened struct {
	*rate.Limiter
	used time.Time
}

const (
	openEvery = 6 * time.Second
	openBurst = 30
)

func newOpens() *opens { return &opens{by: map[string]*opened{}} }

func (o *opens) allow(addr string, now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if full := openEvery * openBurst; now.Sub(o.swept) > full {
		o.swept = now
		for a, x := range o.by {
			if now.Sub(x.used) > full {
				delete(o.by, a)
			}
		}
	}
	x := o.by[addr]
	if x == nil {
		x = &opened{Limiter: rate.NewLimiter(rate.Every(openEvery), openBurst)}
		o.by[addr] = x
	}
	x.used = now
	return x.AllowN(now, 1)
}
