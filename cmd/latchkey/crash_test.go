package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	mrand "math/rand/v2"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/bot"
	"latchkey/bot/channel/web"
	"latchkey/bot/store"
	"latchkey/bot/store/sqlstore"
	"latchkey/bot/store/storetest"
)

var (
	crashKills = flag.Int("crash.kills", 10, "how often the crash test kills the program; CI 100, nightly 1000")
	crashSeed  = flag.Uint64("crash.seed", 0, "seed of the crash test's chances; 0 takes one from the clock")
)

// crashPoints are where the program may also kill itself: see hook.go and the
// pump's hooks.
var crashPoints = []string{"received", "before turn", "turn committed", "before send", "after send", "settled"}

// crashWords all count at once (dialogue.Decisive), so that each is one turn.
var crashWords = []string{"1", "2", "menu", "repeat", "why", "back", "human", "cancel", "restart", "3"}

const crashCustomers = 16

// TestCrashSQLite and TestCrashPostgres kill the real program at random and at
// its named points while customers write to it over HTTP, whose browsers
// deliver every tenth message twice. What was acknowledged must be there once
// and in order, whatever happened.
func TestCrashSQLite(t *testing.T) {
	config := writeConfig(t)
	crash(t, config, func() store.Store {
		s, _, err := sqlstore.OpenSQLite(t.Context(), sqlstore.SQLiteOptions{Path: filepath.Join(filepath.Dir(config), "data", "latchkey.db")})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func TestCrashPostgres(t *testing.T) {
	address := storetest.Postgres(t)
	t.Setenv("LATCHKEY_TEST_DATABASE", address)
	config := writeConfig(t, "database: env:LATCHKEY_TEST_DATABASE")
	crash(t, config, func() store.Store {
		s, _, err := sqlstore.OpenPostgres(t.Context(), sqlstore.PostgresOptions{URL: address})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

// customer is one customer of the crash test and what was acknowledged.
type customer struct {
	page *page
	sent []string // message ids, in order
}

func crash(t *testing.T, config string, open func() store.Store) {
	if testing.Short() {
		*crashKills = min(*crashKills, 3)
	}
	seed := *crashSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d", seed)
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(300+6**crashKills)*time.Second)
	defer cancel()
	var base atomic.Value
	srv := startServer(t, config)
	base.Store(srv.base)
	stop := make(chan struct{})
	customers := make([]*customer, crashCustomers)
	var wg sync.WaitGroup
	for i := range customers {
		c := &customer{page: &page{ctx: ctx, base: func() string { return base.Load().(string) }, http: &http.Client{Timeout: 10 * time.Second}}}
		customers[i] = c
		chances := mrand.New(mrand.NewPCG(seed, uint64(i)))
		wg.Go(func() {
			if err := c.talk(stop, chances); err != nil {
				t.Errorf("customer %d: %v", i, err)
			}
		})
	}
	chances := mrand.New(mrand.NewPCG(seed, 1<<40))
	began := time.Now()
	for kill := range *crashKills {
		if kill%2 == 0 { // the next program kills itself at one of its points
			srv.wait(ctx, time.Duration(50+chances.IntN(250))*time.Millisecond)
			srv.kill()
			point := fmt.Sprintf("%s:%d", crashPoints[chances.IntN(len(crashPoints))], 1+chances.IntN(60))
			srv = startServer(t, config, "LATCHKEY_CRASH="+point)
		} else {
			srv.wait(ctx, 3*time.Second) // or longer, when the point never comes
			srv.kill()
			srv = startServer(t, config)
		}
		if srv.base != "" {
			base.Store(srv.base)
		}
	}
	killing := time.Since(began)
	if *crashKills%2 == 1 { // the last program may still kill itself: one that lives takes over
		srv.kill()
		srv = startServer(t, config)
		base.Store(srv.base)
	}
	close(stop)
	wg.Wait()
	drained(t, ctx, open)
	srv.stop()
	check(t, open(), customers, *crashKills, killing)
}

// wait waits for a while, or until the program is dead.
func (s *server) wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case err := <-s.done:
		s.done <- err // kill wants it too
	case <-timer.C:
	case <-ctx.Done():
	}
}

func (c *customer) talk(stop <-chan struct{}, chances *mrand.Rand) error {
	if _, err := c.page.open("forgot"); err != nil {
		return err
	}
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		id := rand.Text()
		words := crashWords[chances.IntN(len(crashWords))]
		if err := c.page.send(id, words, ""); err != nil {
			return err
		}
		c.sent = append(c.sent, id)
		if chances.IntN(10) == 0 { // the acknowledgement was lost on the way
			if err := c.page.send(id, words, ""); err != nil {
				return err
			}
		}
	}
}

// drained waits until every event has been used and every message sent.
func drained(t *testing.T, ctx context.Context, open func() store.Store) {
	t.Helper()
	s := open()
	defer s.Close()
	far := time.Now().Add(1000 * time.Hour)
	for {
		left := 0
		if err := s.View(ctx, func(tx store.Tx) error {
			a, err := tx.Waiting("", far, 1000)
			if err != nil {
				return err
			}
			b, err := tx.Unsent("", far, 1000)
			left = len(a) + len(b)
			return err
		}); err != nil {
			t.Fatalf("the work was not done in time: %v", err)
		}
		if left == 0 {
			return
		}
		tick := time.NewTimer(50 * time.Millisecond)
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%d conversations still have work", left)
		}
	}
}

// check holds what is stored against what the customers sent.
func check(t *testing.T, s store.Store, customers []*customer, kills int, killing time.Duration) {
	t.Helper()
	defer s.Close()
	var all tally
	for _, c := range customers {
		all.add(t, s, web.Conversation(c.page.token), c.sent)
	}
	all.judge(t, kills, killing)
}

// tally counts what became of acknowledged messages and their answers.
type tally struct{ acked, lost, disorder, twice, again, unsent int }

// add holds one stored conversation against the messages that were sent in it.
func (k *tally) add(t *testing.T, s store.Store, id bot.ConversationID, wrote []string) {
	t.Helper()
	var turns []store.Turn
	var sent []store.Delivery
	if err := s.View(t.Context(), func(tx store.Tx) error {
		var err error
		if turns, err = tx.Turns(id, 0, 1_000_000); err != nil {
			return err
		}
		sent, err = tx.Deliveries(id, 0, 1_000_000)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	var got []string
	seen := map[string]bool{}
	for n, turn := range turns {
		if turn.Seq != int64(n+1) {
			t.Errorf("%s: turn %d stands at place %d", id, turn.Seq, n+1)
		}
		var ev bot.Event
		if err := json.Unmarshal(turn.Event, &ev); err != nil {
			t.Fatal(err)
		}
		if ev.Kind != bot.EventText {
			continue
		}
		if seen[string(ev.Message)] {
			k.twice++
		}
		seen[string(ev.Message)] = true
		got = append(got, string(ev.Message))
	}
	k.acked += len(wrote)
	for n, m := range wrote {
		switch {
		case !seen[m]:
			k.lost++
		case n < len(got) && got[n] != m:
			k.disorder++
		}
	}
	for _, d := range sent {
		if d.Status != store.Sent {
			k.unsent++
		}
		if d.Tries > 1 {
			k.again++
		}
	}
}

// judge says whether the promise was kept.
func (k *tally) judge(t *testing.T, kills int, killing time.Duration) {
	t.Helper()
	t.Logf("%d kills in %v, %d acknowledged messages: %d lost, %d out of order, %d used twice, %d messages unsent, %d sent again (%.2f a kill)",
		kills, killing.Round(time.Second), k.acked, k.lost, k.disorder, k.twice, k.unsent, k.again, float64(k.again)/float64(max(kills, 1)))
	if k.lost+k.disorder+k.twice+k.unsent > 0 {
		t.Error("the promise is broken")
	}
	if k.again > kills*crashCustomers {
		t.Errorf("%d messages were sent again: more than one a conversation and kill", k.again)
	}
	if k.acked < kills {
		t.Errorf("only %d messages were sent: the test shows nothing", k.acked)
	}
}
