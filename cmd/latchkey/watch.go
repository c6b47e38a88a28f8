package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settleFor is how long a folder must be quiet before it is read again:
// editors write in several steps.
const settleFor = 500 * time.Millisecond

// rescan finds changes that the system did not tell of, as on network drives.
const rescan = 30 * time.Second

// watchFlows publishes a folder anew when it changes, until ctx ends. A broken
// edit changes nothing: the log and /readyz say what is wrong with it.
func watchFlows(ctx context.Context, ps *packs, dir string, log *slog.Logger) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		log.Warn("changes of the flows are found late", "err", err, "every", rescan)
	} else {
		defer w.Close()
		addFolders(w, dir)
	}
	var events chan fsnotify.Event
	if w != nil {
		events = w.Events
	}
	quiet := time.NewTimer(rescan)
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case ev := <-events:
			if ev.Has(fsnotify.Create) {
				addFolders(w, dir)
			}
			quiet.Reset(settleFor)
			continue
		case <-quiet.C:
		}
		quiet.Reset(rescan)
		reload(ctx, ps, dir, log)
	}
}

func addFolders(w *fsnotify.Watcher, dir string) {
	_ = w.Add(dir) // a folder that is gone is found by the scan
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if e.IsDir() {
			_ = w.Add(filepath.Join(dir, e.Name()))
		}
	}
}

func reload(ctx context.Context, ps *packs, dir string, log *slog.Logger) {
	before := ps.Problem()
	problems, err := ps.publish(ctx, os.DirFS(dir))
	if err != nil {
		if ctx.Err() == nil {
			log.Error("flows not read again; the release before stays in force", "err", err)
		}
		return
	}
	if ps.Problem() == before {
		return // said already
	}
	for _, p := range problems {
		if p.Blocks() {
			log.Error("flows are broken; the release before stays in force", "problem", p.String())
		}
	}
}
