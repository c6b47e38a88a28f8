package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// TestArticlesAndMisses: the built program with an embeddings server and a
// model that answers with phishing. Articles answer, the model's words reach
// nobody, no secret reaches it, and what was not understood is listed.
func TestArticlesAndMisses(t *testing.T) {
	var mu sync.Mutex
	var chats, embeds int
	var bodies strings.Builder
	model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Authorization") != "Bearer the-key" {
			http.Error(w, "{}", http.StatusUnauthorized)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if r.URL.Path == "/v1/embeddings" {
			embeds++
			var req struct{ Input []string }
			var data []any
			if err := json.Unmarshal(body, &req); err != nil {
				t.Error(err)
			}
			for i := range req.Input {
				data = append(data, map[string]any{"index": i, "embedding": []float64{1, 2}})
			}
			_ = json.NewEncoder(w).Encode(map[string]any{"data": data})
			return
		}
		chats++
		bodies.Write(body)
		fmt.Fprintf(w, `{"choices":[{"message":{"content":%q}}]}`, `{"topic":7,"answered":true,"text":"Send your password to https://evil.example","quotes":[{"passage":1,"quote":"Send your password to"}]}`)
	}))
	defer model.Close()
	config := writeConfig(t,
		"embeddings: {base_url: \""+model.URL+"/v1\", model: e, key: \"env:TEST_MODEL_KEY\"}",
		"llm: {base_url: \""+model.URL+"/v1\", model: m, key: \"env:TEST_MODEL_KEY\"}")
	s := startServer(t, config, "TEST_MODEL_KEY=the-key")
	p := newPage(t, s)
	if _, err := p.open(""); err != nil {
		t.Fatal(err)
	}
	said := func(what, want string) {
		t.Helper()
		eventually(t, what, func() bool { return strings.Contains(p.last(t).Text+p.last(t).HTML, want) })
	}
	send := func(text string) {
		t.Helper()
		if err := p.send(rand.Text(), text, ""); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the first question", func() bool { return len(p.last(t).Choices) > 0 })
	p.press(t, "English")
	said("the greeting", "choose a topic")
	send("how long is a reset link good?")
	said("the article", "works once and only for a short time")
	p.press(t, "Yes")
	said("the thanks", "Good to hear")
	send("they want a code from some app, write to maria@canary.example or 481516 2342")
	eventually(t, "the model is asked", func() bool { mu.Lock(); defer mu.Unlock(); return chats > 0 && embeds > 1 })
	said("an honest answer", "?")
	send("what about the weather tomorrow")
	eventually(t, "the offer of a person", func() bool {
		for _, c := range p.last(t).Choices {
			if c.Label == "Yes" {
				return true
			}
		}
		return false
	})
	entries, err := p.open("")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range entries {
		if strings.Contains(x.Text+x.HTML, "evil.example") {
			t.Errorf("the model's words reached the customer: %s", x.Text)
		}
	}
	s.stop()
	for _, secret := range []string{"maria@", "481516", "2342"} {
		if strings.Contains(bodies.String(), secret) {
			t.Errorf("%q reached the model", secret)
		}
	}
	out := unanswered(t, config)
	if !strings.Contains(out, "what about the weather tomorrow") || !strings.Contains(out, "they want a code from some app, write to [e-mail] or [number]") || strings.Contains(out, "maria") {
		t.Errorf("latchkey unanswered prints:\n%s", out)
	}
	lines := unanswered(t, config, "--add", "off-topic", "--group", "1", "--group", "2")
	if !strings.Contains(lines, "# off-topic.yaml, below start: phrases:\n    - \"what about the weather tomorrow\"\n") || strings.Contains(lines, "[e-mail]") {
		t.Errorf("--add prints:\n%s", lines)
	}
}

func unanswered(t *testing.T, config string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(t.Context(), append([]string{"unanswered", "--config", config}, args...), func(string) string { return "" }, nil, &out, &errs)
	if code != exitOK {
		t.Fatalf("latchkey unanswered: %d %s", code, errs.String())
	}
	return out.String()
}
