package pump_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"latchkey/bot"
	"latchkey/bot/channel"
	"latchkey/bot/desk"
	"latchkey/bot/dialogue"
	"latchkey/bot/pump"
	"latchkey/bot/redact"
	"latchkey/bot/store"
	"latchkey/bot/store/sqlstore"
)

// fill stores n conversations, each with a turn and an answer, as if they had
// been talked with and left.
func fill(b *testing.B, s store.Store, packs onePack, n int) {
	b.Helper()
	now := time.Now().UTC().Truncate(time.Microsecond)
	ev := bot.Event{Kind: bot.EventOpened, Payload: "count"}
	st, effects := dialogue.Step(packs.r.Pack, dialogue.State{}, ev, now)
	state, err1 := json.Marshal(st)
	event, err2 := json.Marshal(ev)
	all, err3 := json.Marshal(effects)
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			b.Fatal(err)
		}
	}
	const group = 1000
	for from := 0; from < n; from += group {
		err := s.Update(b.Context(), func(tx store.Tx) error {
			for i := from; i < min(from+group, n); i++ {
				id := bot.ConversationID(fmt.Sprintf("echo:%08x", uint32(i)*2654435761)) // not in the order of their ids
				c, err := tx.Lease(store.Conversation{ID: id, Channel: "echo", Customer: bot.CustomerID(id)}, "n0", now, now)
				if err != nil {
					return err
				}
				c.State, c.Seq, c.Release = state, 1, packs.r.Pack.Release
				if err := tx.Save(c, now); err != nil {
					return err
				}
				if err := tx.AddTurn(store.Turn{Conversation: id, Seq: 1, At: now, Release: c.Release, Event: event, Effects: all}); err != nil {
					return err
				}
				if _, err := tx.Enqueue(store.Delivery{Conversation: id, Channel: "echo", Turn: 1, Message: all, Token: fmt.Sprint("t", i), Status: store.Sent, CreatedAt: now}); err != nil {
					return err
				}
				if err := tx.Arm(id, bot.Timer{Name: "idle", Nonce: 1, At: now.Add(24 * time.Hour)}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func benchPump(b *testing.B, s store.Store, packs onePack) (*echo, func()) {
	e := &echo{ready: make(chan struct{})}
	p := pump.New(pump.Options{
		Store: s, Packs: packs, Desk: &desk.Desk{Now: time.Now}, Filter: redact.Inbound, Channels: []channel.Channel{e}, Node: "n1",
		Log: slog.New(slog.DiscardHandler), Metrics: pump.NewMetrics(prometheus.NewRegistry()),
		Limits: pump.Limits{PerMinute: 1 << 30, Burst: 1 << 30, InFlight: 4096}, Turns: 1024,
	})
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	<-e.ready
	return e, func() {
		stop()
		if err := <-done; err != nil {
			b.Error(err)
		}
	}
}

// talkTo lets customers, as many at once as given, each take turns with
// conversations that next chooses, n turns in all.
func talkTo(b *testing.B, e *echo, atOnce, n int, next func(customer int, i int64) (bot.ConversationID, bot.Event)) {
	var count atomic.Int64
	var wg sync.WaitGroup
	for customer := range atOnce {
		wg.Go(func() {
			answered := make(chan struct{}, 64)
			for {
				i := count.Add(1)
				if i > int64(n) {
					return
				}
				id, ev := next(customer, i)
				e.answers.Store(id, answered)
				if err := e.accept(b.Context(), bot.Inbound{Channel: "echo", Key: fmt.Sprint("bench", id, i), Conversation: id, Customer: bot.CustomerID(id), Event: ev}); err != nil {
					b.Error(err)
					return
				}
				<-answered
				e.answers.Delete(id)
			}
		})
	}
	wg.Wait()
}

// BenchmarkStored is a turn of the whole pipeline while ever more
// conversations are stored: the cost of one must not grow with them.
//
//	go test ./bot/pump -run '^$' -bench Stored -benchtime 20000x -timeout 1h
func BenchmarkStored(b *testing.B) {
	for _, n := range []int{1_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint("conversations=", n), func(b *testing.B) {
			if n > 100_000 && testing.Short() {
				b.Skip("fills a large database; run without -short")
			}
			packs := benchPack(b)
			s, _, err := sqlstore.OpenSQLite(b.Context(), sqlstore.SQLiteOptions{Path: filepath.Join(b.TempDir(), "bench.db")})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			fill(b, s, packs, n)
			e, stop := benchPump(b, s, packs)
			defer stop()
			b.ResetTimer()
			const atOnce = 128
			talkTo(b, e, atOnce, b.N, func(customer int, _ int64) (bot.ConversationID, bot.Event) {
				k := uint32(rand.IntN(n/atOnce)*atOnce + customer) // no two customers in one conversation
				return bot.ConversationID(fmt.Sprintf("echo:%08x", k*2654435761)), bot.Event{Kind: bot.EventText, Text: "repeat"}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "turns/s")
		})
	}
}

// BenchmarkIdle talks once with b.N conversations and measures what is left of
// them in memory.
//
//	go test ./bot/pump -run '^$' -bench Idle -benchtime 100000x
func BenchmarkIdle(b *testing.B) {
	packs := benchPack(b)
	s, _, err := sqlstore.OpenSQLite(b.Context(), sqlstore.SQLiteOptions{Path: filepath.Join(b.TempDir(), "bench.db")})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	e, stop := benchPump(b, s, packs)
	defer stop()
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	open := func(_ int, i int64) (bot.ConversationID, bot.Event) {
		return bot.ConversationID(fmt.Sprint("echo:idle", i)), bot.Event{Kind: bot.EventOpened, Payload: "count"}
	}
	talkTo(b, e, 128, min(b.N, 500), func(_ int, i int64) (bot.ConversationID, bot.Event) { return open(0, -i) }) // warm
	before := heap()
	b.ResetTimer()
	talkTo(b, e, 128, b.N, open)
	b.StopTimer()
	after := heap()
	b.ReportMetric((after-before)/float64(b.N), "heap-B/conversation")
	b.ReportMetric(after/1e6, "heap-MB")
}
