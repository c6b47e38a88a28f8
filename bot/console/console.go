// Package console is the program's HTTP side: it joins the web chat, health
// and figures into one handler with the headers, limits and origin checks that
// every page needs. /status shows people whether everything works.
package console

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Check is one thing that must work for the program to be ready.
type Check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"`
	// Warn is set when the program is ready all the same.
	Warn bool `json:"warn,omitempty"`
}

// Options are what the handler is made of.
type Options struct {
	Chat      http.Handler // nil when the web chat is off
	Ancestors []string     // sites that may frame the chat
	// Hooks are the addresses that platforms deliver to, by ServeMux pattern
	// ("POST /hooks/slack"). Each checks for itself who calls.
	Hooks   map[string]http.Handler
	Figures prometheus.Gatherer
	Ready   func(context.Context) []Check
	Log     *slog.Logger
	// Secure is set when browsers reach the program by https.
	Secure bool
}

// Handler is everything that is served.
func Handler(o Options) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("ok\n"))
	})
	mux.HandleFunc("GET /readyz", o.ready)
	mux.HandleFunc("GET /status", o.status)
	mux.HandleFunc("GET /status/status.css", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, files, "static/status.css")
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(o.Figures, promhttp.HandlerOpts{}))
	for pattern, h := range o.Hooks {
		mux.Handle(pattern, h)
	}
	if o.Chat != nil {
		mux.Handle("/", o.Chat)
	}
	return o.headers(http.NewCrossOriginProtection().Handler(mux))
}

// ready answers 200 when everything works and 503 otherwise, with the reasons.
func (o Options) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), checkTime)
	defer cancel()
	checks := o.Ready(ctx)
	status, ok := http.StatusOK, true
	for _, c := range checks {
		if !c.OK && !c.Warn {
			status, ok = http.StatusServiceUnavailable, false
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(map[string]any{"ready": ok, "checks": checks}); err != nil {
		o.Log.Debug("health not written", "err", err)
	}
}

// headers are on every answer. Scripts and styles come from files only; nobody
// frames a page but the sites that the config names.
func (o Options) headers(next http.Handler) http.Handler {
	ancestors := "'none'"
	if len(o.Ancestors) > 0 {
		ancestors = "'self' " + strings.Join(o.Ancestors, " ")
	}
	policy := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors " + ancestors
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if ancestors == "'none'" {
			h.Set("X-Frame-Options", "DENY") // for browsers that do not know frame-ancestors
		}
		if o.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// Server is an http.Server with limits: headers must come soon and be small,
// and a quiet connection is closed. Bodies are bounded where they are read.
func Server(addr string, h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Addr: addr, Handler: h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
