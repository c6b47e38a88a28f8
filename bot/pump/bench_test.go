package pump_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"latchkey/bot"
	"latchkey/bot/channel"
	"latchkey/bot/desk"
	"latchkey/bot/pump"
	"latchkey/bot/redact"
	"latchkey/bot/store"
	"latchkey/bot/store/sqlstore"
)

// echo is a channel that tells each conversation when its answer is there.
type echo struct {
	accept  channel.AcceptFunc
	ready   chan struct{}
	answers sync.Map // conversation -> chan struct{}
}

func (e *echo) Name() string           { return "echo" }
func (e *echo) Limits() channel.Limits { return channel.Limits{} }
func (e *echo) Run(ctx context.Context, accept channel.AcceptFunc) error {
	e.accept = accept
	close(e.ready)
	<-ctx.Done()
	return nil
}
func (e *echo) Send(_ context.Context, m bot.Outgoing) (bot.Receipt, error) {
	if len(m.Message.Choices) > 0 { // the last message of the turn
		if ch, ok := e.answers.Load(m.Conversation); ok {
			ch.(chan struct{}) <- struct{}{}
		}
	}
	return bot.Receipt{Message: "m"}, nil
}

// BenchmarkTurns is the whole pipeline without a network: an event is taken
// over durably, the engine takes its step, the turn is committed, the answer
// is sent and that is committed too. An iteration is one such turn; as many
// customers as the name says write at the same time, each as soon as the
// answer is there. Beside the turns a second stand the rate at which the same
// database, in the same run, inserts single rows of the same kind, and the
// ratio of the two.
//
//	go test ./bot/pump -run '^$' -bench Turns -benchtime 20000x
func BenchmarkTurns(b *testing.B) {
	for _, customers := range []int{8, 32, 128, 512} {
		b.Run(fmt.Sprint("customers=", customers), func(b *testing.B) { benchTurns(b, customers, 0) })
	}
}

// BenchmarkPaced measures how long an answer takes at 300 turns a second: what
// a customer feels.
//
//	go test ./bot/pump -run '^$' -bench Paced -benchtime 3000x
func BenchmarkPaced(b *testing.B) { benchTurns(b, 128, 300) }

func benchTurns(b *testing.B, customers, perSecond int) {
	path := filepath.Join(b.TempDir(), "bench.db")
	s, _, err := sqlstore.OpenSQLite(b.Context(), sqlstore.SQLiteOptions{Path: path})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	raw := rawInserts(b, s, customers)
	e := &echo{ready: make(chan struct{})}
	p := pump.New(pump.Options{
		Store: s, Packs: benchPack(b), Desk: &desk.Desk{Now: time.Now}, Filter: redact.Inbound, Channels: []channel.Channel{e}, Node: "n1",
		Log: slog.New(slog.DiscardHandler), Metrics: pump.NewMetrics(prometheus.NewRegistry()),
		Limits: pump.Limits{PerMinute: 1 << 30, Burst: 1 << 30}, Turns: 1024,
	})
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	<-e.ready
	var next atomic.Int64
	var mu sync.Mutex
	var took []time.Duration
	b.ResetTimer()
	began := time.Now()
	var wg sync.WaitGroup
	for c := range customers {
		wg.Go(func() {
			id := bot.ConversationID(fmt.Sprint("echo:", c))
			answered := make(chan struct{}, 4)
			e.answers.Store(id, answered)
			var mine []time.Duration
			for n := 0; ; n++ {
				i := next.Add(1)
				if i > int64(b.N) {
					break
				}
				if perSecond > 0 {
					due := began.Add(time.Duration(i) * time.Second / time.Duration(perSecond))
					time.Sleep(time.Until(due)) // the pace is what is measured
				}
				ev := bot.Event{Kind: bot.EventText, Text: "1"}
				if n == 0 {
					ev = bot.Event{Kind: bot.EventOpened, Payload: "count"}
				}
				start := time.Now()
				if err := e.accept(ctx, bot.Inbound{Channel: "echo", Key: fmt.Sprint(c, "-", n), Conversation: id, Customer: bot.CustomerID(id), Event: ev}); err != nil {
					b.Error(err)
					return
				}
				<-answered
				mine = append(mine, time.Since(start))
			}
			mu.Lock()
			took = append(took, mine...)
			mu.Unlock()
		})
	}
	wg.Wait()
	rate := float64(b.N) / time.Since(began).Seconds()
	b.StopTimer()
	stop()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
	slices.Sort(took)
	at := func(q float64) float64 {
		if len(took) == 0 {
			return 0
		}
		return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(rate, "turns/s")
	b.ReportMetric(at(.5), "p50-ms")
	b.ReportMetric(at(.99), "p99-ms")
	b.ReportMetric(raw, "raw-inserts/s")
	b.ReportMetric(rate/raw, "of-raw")
}

// rawInserts is how many events a second the database takes, one commit each
// for as many callers at once.
func rawInserts(b *testing.B, s store.Store, callers int) float64 {
	const each = 100
	began := time.Now()
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for n := range each {
				err := s.Update(b.Context(), func(tx store.Tx) error {
					_, _, err := tx.Receive(bot.Inbound{Channel: "raw", Key: fmt.Sprint(c, "-", n), Conversation: "raw", Event: bot.Event{Kind: bot.EventText, Text: "1"}})
					return err
				})
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	rate := float64(callers*each) / time.Since(began).Seconds()
	err := s.Update(b.Context(), func(tx store.Tx) error { // none of them is anybody's work
		rs, err := tx.Pending("raw", callers*each)
		for _, r := range rs {
			if err := tx.Done(r.ID); err != nil {
				return err
			}
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return rate
}
