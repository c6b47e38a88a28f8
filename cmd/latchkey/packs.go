package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"time"

	"latchkey/bot/pump"
	"latchkey/bot/store"
	"latchkey/flows"
)

// maxLoaded bounds how many old pack releases are kept ready in memory.
const maxLoaded = 8

// packs gives the pump its pack releases: the one in force, and those that
// running conversations stay on, which are kept in the store.
type packs struct {
	store store.Store
	brain brain
	log   *slog.Logger
	now   func() time.Time
	hook  func(string) // called at named points; tests stop the program there

	mu      sync.Mutex
	current *pump.Release
	loaded  map[string]*pump.Release
	order   []string // of loading, oldest first
	problem string   // why the newest edit is not in force; "" = it is
}

var _ pump.Packs = (*packs)(nil)

func newPacks(s store.Store, b brain, log *slog.Logger, now func() time.Time, hook func(string)) *packs {
	return &packs{brain: b, store: s, log: log, now: now, hook: hook, loaded: map[string]*pump.Release{}}
}

// publish makes a folder the release in force. Problems that block are
// returned, and what was in force stays.
func (p *packs) publish(ctx context.Context, folder fs.FS) ([]flows.Problem, error) {
	pack, problems := flows.Load(folder, flows.Options{Today: p.now()})
	if pack == nil {
		var blocking []string
		for _, x := range problems {
			if x.Blocks() {
				blocking = append(blocking, x.String())
			}
		}
		p.mu.Lock()
		p.problem = fmt.Sprintf("%s; the release before stays in force: %s", plural(len(blocking), "problem"), strings.Join(blocking, " | "))
		p.mu.Unlock()
		return problems, nil
	}
	if cur := p.Current(); cur != nil && cur.Pack.Release == pack.Release {
		p.clear()
		return nil, nil
	}
	archive, err := flows.Archive(folder)
	if err != nil {
		return nil, err
	}
	// What is kept is what is used: the folder may change at any moment.
	kept, err := flows.Unarchive(archive)
	if err != nil {
		return nil, err
	}
	if pack, problems = flows.Load(kept, flows.Options{Today: p.now()}); pack == nil {
		return problems, nil
	}
	r := &pump.Release{Pack: pack, Matcher: p.brain.matcher(pack)}
	p.hook("before publish")
	if err := p.store.Update(ctx, func(tx store.Tx) error {
		return tx.Publish(store.Release{Hash: pack.Release, Archive: archive, At: p.now()})
	}); err != nil {
		return nil, fmt.Errorf("keep the pack release: %w", err)
	}
	p.hook("release published")
	p.mu.Lock()
	p.current, p.problem = r, ""
	p.keep(r)
	p.mu.Unlock()
	p.log.Info("pack release in force", "pack", pack.ID, "release", pack.Release, "flows", len(pack.Flows))
	return nil, nil
}

func (p *packs) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.problem = ""
}

// Problem says why the newest edit of the pack is not in force, or "".
func (p *packs) Problem() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.problem
}

// Current implements pump.Packs.
func (p *packs) Current() *pump.Release {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.current
}

// Release implements pump.Packs.
func (p *packs) Release(ctx context.Context, hash string) (*pump.Release, error) {
	p.mu.Lock()
	r := p.loaded[hash]
	p.mu.Unlock()
	if r != nil {
		return r, nil
	}
	var kept store.Release
	if err := p.store.View(ctx, func(tx store.Tx) error {
		var err error
		kept, err = tx.Release(hash)
		return err
	}); err != nil {
		return nil, fmt.Errorf("find the pack release %s: %w", hash, err)
	}
	folder, err := flows.Unarchive(kept.Archive)
	if err != nil {
		return nil, err
	}
	pack, problems := flows.Load(folder, flows.Options{Today: kept.At})
	if pack == nil {
		return nil, errors.New("the pack release " + hash + " does not pass this program's checks: " + problems[0].String())
	}
	r = &pump.Release{Pack: pack, Matcher: p.brain.matcher(pack)}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keep(r)
	return r, nil
}

// keep remembers a loaded release; of too many the oldest goes. The caller
// holds the lock.
func (p *packs) keep(r *pump.Release) {
	hash := r.Pack.Release
	if p.loaded[hash] == nil {
		p.order = append(p.order, hash)
	}
	p.loaded[hash] = r
	for len(p.order) > maxLoaded {
		delete(p.loaded, p.order[0])
		p.order = p.order[1:]
	}
}
