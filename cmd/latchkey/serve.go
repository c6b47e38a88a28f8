package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"latchkey/bot"
	"latchkey/bot/console"
	"latchkey/bot/desk"
	"latchkey/bot/pump"
	"latchkey/bot/redact"
	"latchkey/bot/store"
)

type serveCmd struct {
	Config string `help:"Config file; everything has a default that works." placeholder:"FILE"`
	Listen string `help:"Address and port, instead of the config's." placeholder:"HOST:PORT"`
	Data   string `help:"Folder for the database, instead of the config's." placeholder:"DIR"`
}

// Run serves until it is told to stop.
func (c *serveCmd) Run(e *env) error {
	cfg, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	if c.Listen != "" {
		cfg.Listen = c.Listen
	}
	if c.Data != "" {
		cfg.Data = c.Data
	}
	if err := cfg.check("command line", nil); err != nil {
		return err
	}
	log, err := newLog(e, cfg.Log)
	if err != nil {
		return err
	}
	s, err := openStore(e, cfg, storeServing)
	if err != nil {
		return err
	}
	err = serve(e, cfg, s, log)
	return errors.Join(err, s.Close())
}

func newLog(e *env, c LogConfig) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		return nil, fmt.Errorf("log.level: %w", err)
	}
	o := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(e.stderr, o)), nil
	}
	return slog.New(slog.NewTextHandler(e.stderr, o)), nil
}

// serve runs the pump, the HTTP server and the watcher of the flows together;
// when one ends, all do.
func serve(e *env, cfg Config, s *openedStore, log *slog.Logger) error {
	ctx, stop := context.WithCancel(e.ctx)
	defer stop()
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mind, err := newBrain(ctx, e, cfg, s, reg, log)
	if err != nil {
		return err
	}
	ps := newPacks(s, mind, log, e.now, e.hook())
	folder, err := packFolder(cfg.Flows)
	if err != nil {
		return err
	}
	if err := firstPack(ctx, ps, folder, cfg.Flows, e); err != nil {
		return err
	}
	chans, err := newChannels(e, cfg, s, ps, log)
	if err != nil {
		return err
	}
	p := pump.New(pump.Options{
		Store: s, Packs: ps, Desk: &desk.Desk{Now: e.now, PerDay: cfg.Limits.HandOffs}, Filter: filter, Channels: chans.channels, Node: s.node, Log: log,
		Metrics: pump.NewMetrics(reg), Grace: time.Duration(cfg.Stop), Hook: e.hook(),
		Limits: pump.Limits{PerMinute: cfg.Limits.Messages, Burst: cfg.Limits.Burst, InFlight: cfg.Limits.InFlight},
	})
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w; another program may use the port, choose another with --listen", cfg.Listen, err)
	}
	srv := console.Server(cfg.Listen, console.Handler(console.Options{
		Chat: chans.page, Hooks: chans.hooks, Ancestors: cfg.Web.Embed, Figures: reg, Log: log, Secure: strings.HasPrefix(cfg.PublicURL, "https:"),
		Ready: readiness(s, ps, chans.checks),
	}), log)
	srv.BaseContext = func(net.Listener) context.Context { return ctx } // open streams end with the program
	fmt.Fprintf(e.stdout, "latchkey is listening on http://%s\n", ln.Addr())
	var wg sync.WaitGroup
	errs := make(chan error, 3)
	wg.Go(func() { defer stop(); errs <- p.Run(ctx) })
	wg.Go(func() {
		defer stop()
		if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			errs <- fmt.Errorf("serve HTTP: %w", err)
		}
	})
	if cfg.Flows != "" {
		wg.Go(func() { watchFlows(ctx, ps, cfg.Flows, log) })
	}
	<-ctx.Done()
	down, cancel := context.WithTimeout(context.Background(), time.Duration(cfg.Stop))
	defer cancel()
	if err := srv.Shutdown(down); err != nil {
		errs <- errors.Join(fmt.Errorf("close the HTTP server: %w", err), srv.Close())
	}
	wg.Wait()
	close(errs)
	var all error
	for err := range errs {
		all = errors.Join(all, err)
	}
	log.Info("stopped")
	return all
}

// firstPack publishes the folder at the start. Without any release in force
// the program cannot answer, so here its problems are fatal.
func firstPack(ctx context.Context, ps *packs, folder fs.FS, dir string, e *env) error {
	problems, err := ps.publish(ctx, folder)
	if err != nil {
		return err
	}
	if ps.Current() != nil {
		return nil
	}
	n := 0
	for _, x := range problems {
		if x.Blocks() {
			printProblem(e.stderr, dir, x)
			n++
		}
	}
	return findings{fmt.Sprintf("the pack has %s; mend it and start again", plural(n, "error"))}
}

// readiness looks at what must work.
func readiness(s store.Store, ps *packs, more []func() console.Check) func(context.Context) []console.Check {
	return func(ctx context.Context) []console.Check {
		db := console.Check{Name: "database", OK: true}
		if err := s.Ping(ctx); err != nil {
			db.OK, db.Detail = false, oneLine(err)
		}
		flowsCheck := console.Check{Name: "flows", OK: true, Detail: "pack release " + ps.Current().Pack.Release}
		if p := ps.Problem(); p != "" {
			flowsCheck.OK, flowsCheck.Warn, flowsCheck.Detail = false, true, p
		}
		checks := []console.Check{db, flowsCheck}
		for _, c := range more {
			checks = append(checks, c())
		}
		return checks
	}
}

func oneLine(err error) string {
	switch {
	case errors.Is(err, store.ErrFull):
		return "no room left for the database"
	case errors.Is(err, store.ErrBusy):
		return "another program keeps the database locked"
	}
	return "the database does not answer"
}

// filter takes the secrets out of everything of an event that a person wrote.
func filter(in bot.Inbound, expects string) bot.Inbound { return redact.Inbound(in, expects) }

// storeUse says what a command wants of the store.
type storeUse int

const (
	storeServing storeUse = iota // to serve: alone, on SQLite
	storeVisit                   // to look and act beside a server
)

// openedStore is a store with what belongs to this node.
type openedStore struct {
	store.Store
	node   string
	poll   time.Duration // how often pages look for other nodes' messages; 0 = never
	backup func(context.Context, string) error
	unlock func() error
	ran    []string // migrations
}

// Close closes the database and lets another server have the folder.
func (s *openedStore) Close() error {
	err := s.Store.Close()
	if s.unlock != nil {
		err = errors.Join(err, s.unlock())
	}
	return err
}

// nodeName is the configured name, or one that no other process has.
func nodeName(cfg Config) string {
	if cfg.Node != "" {
		return cfg.Node
	}
	host, err := os.Hostname()
	if err != nil {
		host = "node"
	}
	return fmt.Sprintf("%s-%d-%d", host, os.Getpid(), time.Now().UnixNano())
}
