package telegram

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"latchkey/bot"
)

// window is a limit as Telegram may enforce it: so many within a time.
type window struct {
	most int
	in   time.Duration
	at   []time.Time
}

func (w *window) take(now time.Time) bool {
	for len(w.at) > 0 && now.Sub(w.at[0]) >= w.in {
		w.at = w.at[1:]
	}
	if len(w.at) >= w.most {
		return false
	}
	w.at = append(w.at, now)
	return true
}

// limited is a Bot API that takes messages and enforces the limits, in memory:
// time passes as the test's bubble says.
type limited struct {
	mu      sync.Mutex
	all     window
	chats   map[string][]*window
	shown   map[string][]string
	refused int
	first   time.Time
	last    time.Time
	next    int
}

func newLimited() *limited {
	return &limited{all: window{most: 30, in: time.Second}, chats: map[string][]*window{}, shown: map[string][]string{}}
}

func (l *limited) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	chat, now := r.FormValue("chat_id"), time.Now()
	if l.chats[chat] == nil {
		l.chats[chat] = []*window{{most: 4, in: 2 * time.Second}} // one a second, with a short burst
		if chat[0] == '-' {
			l.chats[chat] = []*window{{most: 20, in: time.Minute}}
		}
	}
	ok := l.all.take(now)
	for _, c := range l.chats[chat] {
		ok = c.take(now) && ok
	}
	if !ok {
		l.refused++
		refuse(w, 429, "Too Many Requests: retry after 3", map[string]any{"retry_after": 3})
		return w.Result(), nil
	}
	if l.first.IsZero() {
		l.first = now
	}
	l.last = now
	l.next++
	l.shown[chat] = append(l.shown[chat], r.FormValue("text"))
	id, _ := strconv.Atoi(chat)
	fmt.Fprintf(w, `{"ok":true,"result":{"message_id":%d,"date":1,"chat":{"id":%d,"type":"private"}}}`, l.next, id)
	return w.Result(), nil
}

// TestThousandChats: a thousand chats at once are served in order, at nearly
// the speed that Telegram allows, and it never has to refuse anything.
func TestThousandChats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newLimited()
		c, err := New(Options{Token: "1:a", APIURL: "http://telegram.invalid", Memory: &memory{kept: map[string][]byte{}}})
		if err != nil {
			t.Fatal(err)
		}
		c.client.http = &http.Client{Transport: api}
		const chats, each = 1000, 4
		var wg sync.WaitGroup
		for i := range chats {
			wg.Go(func() {
				chat := bot.ConversationID(fmt.Sprintf("telegram:%d", 1+i))
				for n := range each {
					deliver(t, c, bot.Outgoing{ID: int64(i*each + n), Conversation: chat, Message: bot.Message{Text: strconv.Itoa(n)}})
				}
			})
		}
		wg.Wait()
		rate := float64(chats*each) / api.last.Sub(api.first).Seconds()
		t.Logf("%d messages to %d chats in %v: %.1f a second, %d refused", chats*each, chats, api.last.Sub(api.first), rate, api.refused)
		if api.refused > 0 || rate < 0.95*30 {
			t.Errorf("%d refused, %.1f a second of 30", api.refused, rate)
		}
		inOrder(t, api, chats, each)
	})
}

// TestGroupPace: a group gets no more than twenty messages in a minute, and
// each waits its turn.
func TestGroupPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newLimited()
		c, err := New(Options{Token: "1:a", APIURL: "http://telegram.invalid", Memory: &memory{kept: map[string][]byte{}}})
		if err != nil {
			t.Fatal(err)
		}
		c.client.http = &http.Client{Transport: api}
		const n = 60
		for i := range n {
			deliver(t, c, bot.Outgoing{ID: int64(i), Conversation: "telegram:-1001:7", Message: bot.Message{Text: strconv.Itoa(i)}})
		}
		took := api.last.Sub(api.first)
		t.Logf("%d messages in %v, %d refused", n, took, api.refused)
		if api.refused > 0 || took > 4*time.Minute {
			t.Errorf("%d refused, took %v", api.refused, took)
		}
	})
}

// deliver sends as the outbox does: until it is taken, and not before the
// adapter says.
func deliver(t *testing.T, c *Channel, o bot.Outgoing) {
	for {
		_, err := c.Send(t.Context(), o)
		if err == nil {
			return
		}
		var retry *bot.RetryError
		if !errors.As(err, &retry) {
			t.Error(err)
			return
		}
		if err := sleep(t.Context(), retry.After); err != nil {
			t.Error(err)
			return
		}
	}
}

func inOrder(t *testing.T, api *limited, chats, each int) {
	t.Helper()
	for i := range chats {
		got := api.shown[strconv.Itoa(1+i)]
		if len(got) != each {
			t.Fatalf("chat %d got %d messages", i, len(got))
		}
		for n, s := range got {
			if s != strconv.Itoa(n) {
				t.Fatalf("chat %d: %v", i, got)
			}
		}
	}
}
