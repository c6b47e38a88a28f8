package console_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"latchkey/bot/console"
)

func handler(o console.Options) http.Handler {
	o.Chat = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusOK) })
	o.Figures = prometheus.NewRegistry()
	o.Log = slog.New(slog.DiscardHandler)
	if o.Ready == nil {
		o.Ready = func(context.Context) []console.Check { return []console.Check{{Name: "all", OK: true}} }
	}
	return console.Handler(o)
}

func get(h http.Handler, method, path string, header map[string]string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://help.example.com"+path, nil)
	for k, v := range header {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestHeaders holds every route to the same headers.
func TestHeaders(t *testing.T) {
	want := map[string]string{
		"Content-Security-Policy":      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
		"Referrer-Policy":              "no-referrer",
		"Permissions-Policy":           "camera=(), microphone=(), geolocation=(), payment=()",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Strict-Transport-Security":    "max-age=31536000",
	}
	h := handler(console.Options{Secure: true})
	for _, path := range []string{"/", "/healthz", "/readyz", "/metrics", "/chat/send", "/nothing"} {
		w := get(h, "GET", path, nil)
		for k, v := range want {
			if got := w.Header().Get(k); got != v {
				t.Errorf("%s: %s is %q", path, k, got)
			}
		}
	}
	if strings.Contains(want["Content-Security-Policy"], "unsafe") {
		t.Error("the policy allows inline code")
	}
	h = handler(console.Options{Ancestors: []string{"https://shop.example.com"}})
	w := get(h, "GET", "/", nil)
	if !strings.HasSuffix(w.Header().Get("Content-Security-Policy"), "frame-ancestors 'self' https://shop.example.com") || w.Header().Get("X-Frame-Options") != "" || w.Header().Get("Strict-Transport-Security") != "" {
		t.Errorf("framed: %v", w.Header())
	}
}

func TestCrossOrigin(t *testing.T) {
	h := handler(console.Options{})
	tests := []struct {
		method string
		header map[string]string
		status int
	}{
		{"POST", map[string]string{"Origin": "https://evil.example.com"}, 403},
		{"POST", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"POST", map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
		{"DELETE", map[string]string{"Origin": "null"}, 403},
		{"POST", map[string]string{"Origin": "http://help.example.com"}, 200},
		{"POST", map[string]string{"Sec-Fetch-Site": "same-origin"}, 200},
		{"POST", nil, 200}, // no browser: programs carry a token, not a cookie
		{"GET", map[string]string{"Sec-Fetch-Site": "cross-site"}, 200},
	}
	for _, tc := range tests {
		if w := get(h, tc.method, "/chat/send", tc.header); w.Code != tc.status {
			t.Errorf("%s %v: %d, want %d", tc.method, tc.header, w.Code, tc.status)
		}
	}
}

func TestReady(t *testing.T) {
	checks := []console.Check{{Name: "database", OK: true}, {Name: "flows", OK: false, Warn: true, Detail: "broken edit"}}
	h := handler(console.Options{Ready: func(context.Context) []console.Check { return checks }})
	if w := get(h, "GET", "/readyz", nil); w.Code != 200 || !strings.Contains(w.Body.String(), "broken edit") {
		t.Errorf("a warning: %d %s", w.Code, w.Body)
	}
	checks[0].OK = false
	if w := get(h, "GET", "/readyz", nil); w.Code != 503 || !strings.Contains(w.Body.String(), `"ready":false`) {
		t.Errorf("not ready: %d %s", w.Code, w.Body)
	}
	if w := get(h, "GET", "/status", nil); w.Code != 200 || !strings.Contains(w.Body.String(), "Something does not work") || !strings.Contains(w.Body.String(), "<p>broken edit</p>") {
		t.Errorf("the page: %d %s", w.Code, w.Body)
	}
	checks = []console.Check{{Name: "flows", Detail: "one <b> | two", Warn: true}}
	if w := get(h, "GET", "/status", nil); !strings.Contains(w.Body.String(), "something to look at") || !strings.Contains(w.Body.String(), "<p>one &lt;b&gt;</p>") {
		t.Errorf("a warning on the page: %s", w.Body)
	}
	if w := get(h, "GET", "/healthz", nil); w.Code != 200 {
		t.Errorf("alive: %d", w.Code)
	}
}
