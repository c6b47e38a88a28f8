package main

import (
	"context"
	"flag"
	"fmt"
	mrand "math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/bot"
	"latchkey/bot/store"
	"latchkey/bot/store/sqlstore"
)

var telegramKills = flag.Int("crash.telegram", 3, "how often each crash test of Telegram kills the program; nightly 100")

// telegramCustomers write at the same time. One chat takes a message a second,
// so the answers set the pace.
const telegramCustomers = 8

// TestCrashTelegramPoll and TestCrashTelegramHook kill the real program at
// random and at its named points while customers write to it through a Bot
// API. Every update that Telegram had must be there once and in order.
func TestCrashTelegramPoll(t *testing.T) { crashTelegram(t, false) }

func TestCrashTelegramHook(t *testing.T) { crashTelegram(t, true) }

func crashTelegram(t *testing.T, hook bool) {
	kills := *telegramKills
	seed := *crashSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d", seed)
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(300+6*kills)*time.Second)
	defer cancel()
	api := newTelegramAPI(t)
	config := telegramConfig(t, api, fmt.Sprintf("webhook: %t", hook))
	open := func() store.Store {
		s, _, err := sqlstore.OpenSQLite(t.Context(), sqlstore.SQLiteOptions{Path: filepath.Join(filepath.Dir(config), "data", "latchkey.db")})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	var base atomic.Value
	srv := startServer(t, config)
	base.Store(srv.base)
	var wg sync.WaitGroup
	delivering, end := context.WithCancel(ctx)
	defer func() { end(); wg.Wait() }()
	if hook {
		wg.Go(func() { api.deliver(delivering, func() string { return base.Load().(string) }) })
	}
	stop := make(chan struct{})
	var customers sync.WaitGroup
	for i := range telegramCustomers {
		chances := mrand.New(mrand.NewPCG(seed, uint64(i)))
		customers.Go(func() { talkTelegram(ctx, api, 1000+i, stop, chances) })
	}
	chances := mrand.New(mrand.NewPCG(seed, 1<<40))
	began := time.Now()
	for kill := range kills {
		if kill%2 == 0 { // the next program kills itself at one of its points
			srv.wait(ctx, time.Duration(200+chances.IntN(1500))*time.Millisecond)
			srv.kill()
			srv = startServer(t, config, fmt.Sprintf("LATCHKEY_CRASH=%s:%d", crashPoints[chances.IntN(len(crashPoints))], 1+chances.IntN(30)))
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
	if kills%2 == 1 { // the last program may still kill itself: one that lives takes over
		srv.kill()
		srv = startServer(t, config)
		base.Store(srv.base)
	}
	close(stop)
	customers.Wait()
	api.confirmed(t, ctx)
	drained(t, ctx, open)
	srv.stop()
	end()
	s := open()
	defer s.Close()
	var all tally
	for i := range telegramCustomers {
		all.add(t, s, bot.ConversationID(fmt.Sprintf("telegram:%d", 1000+i)), api.chat(1000+i).wrote)
	}
	all.judge(t, kills, killing)
}

// talkTelegram writes, at a speed at which a chat's answers can follow.
func talkTelegram(ctx context.Context, api *telegramAPI, chat int, stop <-chan struct{}, chances *mrand.Rand) {
	api.writes(chat, "en", "/start forgot")
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		api.writes(chat, "en", crashWords[chances.IntN(len(crashWords))])
		select {
		case <-tick.C:
		case <-stop:
			return
		case <-ctx.Done():
			return
		}
	}
}

// confirmed waits until Telegram has nothing left to deliver.
func (a *telegramAPI) confirmed(t *testing.T, ctx context.Context) {
	t.Helper()
	for {
		a.mu.Lock()
		left, changed := len(a.updates), a.changed
		a.mu.Unlock()
		if left == 0 {
			return
		}
		tick := time.NewTimer(100 * time.Millisecond)
		select {
		case <-changed:
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%d updates are left", left)
		}
	}
}
