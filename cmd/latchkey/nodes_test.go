package main

import (
	"context"
	"flag"
	mrand "math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"latchkey/bot/store"
	"latchkey/bot/store/sqlstore"
	"latchkey/bot/store/storetest"
)

var (
	nodeFaults = flag.Int("nodes.faults", 2, "how often the two-node test takes a node away; nightly 50")
	nodeStop   = flag.Duration("nodes.stop", 18*time.Second, "how long a node is stopped; longer than a lease, nightly 30s")
)

// TestTwoNodesOnPostgres runs two programs on one database. Customers write to
// either; now and then one is killed, or stopped for longer than its leases
// last and let go again, in the belief that it still has them.
func TestTwoNodesOnPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("stops a program for longer than a lease; run without -short")
	}
	address := storetest.Postgres(t)
	t.Setenv("LATCHKEY_TEST_DATABASE", address)
	config := writeConfig(t, "database: env:LATCHKEY_TEST_DATABASE")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute+time.Duration(*nodeFaults)*(*nodeStop+20*time.Second))
	defer cancel()
	nodes := [2]*server{startServer(t, config), startServer(t, config)}
	var bases [2]atomic.Value
	for i, n := range nodes {
		bases[i].Store(n.base)
	}
	stop := make(chan struct{})
	customers := make([]*customer, crashCustomers)
	var wg sync.WaitGroup
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	for i := range customers {
		chances := mrand.New(mrand.NewPCG(seed, uint64(i)))
		var mu sync.Mutex
		either := func() string { // a balancer in front that knows nothing
			mu.Lock()
			defer mu.Unlock()
			return bases[chances.IntN(2)].Load().(string)
		}
		// A stopped node takes the connection and never answers.
		c := &customer{page: &page{ctx: ctx, base: either, http: &http.Client{Timeout: 2 * time.Second}}}
		customers[i] = c
		talk := mrand.New(mrand.NewPCG(seed, uint64(1000+i)))
		wg.Go(func() {
			if err := c.talk(stop, talk); err != nil {
				t.Errorf("customer %d: %v", i, err)
			}
		})
	}
	began := time.Now()
	for fault := range *nodeFaults {
		victim := nodes[fault/2%2]
		victim.wait(ctx, time.Second)
		if fault%2 == 0 {
			if err := victim.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			victim.wait(ctx, *nodeStop)
			if err := victim.cmd.Process.Signal(syscall.SIGCONT); err != nil {
				t.Fatal(err)
			}
			continue
		}
		victim.kill()
		nodes[fault/2%2] = startServer(t, config)
		bases[fault/2%2].Store(nodes[fault/2%2].base)
	}
	took := time.Since(began)
	close(stop)
	wg.Wait()
	open := func() store.Store {
		s, _, err := sqlstore.OpenPostgres(t.Context(), sqlstore.PostgresOptions{URL: address})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	drained(t, ctx, open)
	for _, n := range nodes {
		n.stop()
	}
	check(t, open(), customers, *nodeFaults, took)
}
