package telegram

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"latchkey/bot"
)

const (
	maxUpdates = 32 << 20 // bytes of one answer to getUpdates
	maxWebhook = 1 << 20  // bytes of one webhook
)

var errNotRunning = errors.New("not running")

// intake is the HTTP client that the library works with. It takes updates over
// before the library sees them: asking for the next ones confirms these, so
// they must be durable by then. When one cannot be taken over the answer is an
// error, the offset stays, and Telegram delivers again.
type intake struct {
	c    *Channel
	slow bool // the last answer will not change soon
}

// Do implements the library's HttpClient. getUpdates is called by one
// goroutine alone.
func (in *intake) Do(req *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(req.URL.Path, "/getUpdates") {
		return in.c.client.Do(req)
	}
	if in.slow && !pause(req.Context(), in.c.o.Slow) {
		return nil, req.Context().Err()
	}
	res, err := in.c.client.Do(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxUpdates))
	err = errors.Join(err, res.Body.Close())
	if err != nil {
		return nil, err
	}
	var answer struct {
		OK     bool
		Code   int `json:"error_code"`
		Result []json.RawMessage
	}
	if err := json.Unmarshal(body, &answer); err != nil || !answer.OK {
		in.slow = answer.Code == http.StatusUnauthorized || answer.Code == http.StatusConflict || answer.Code == http.StatusNotFound
		res.Body = io.NopCloser(bytes.NewReader(body))
		return res, nil // the library makes an error of it
	}
	in.slow = false
	seen, err := in.c.takeAll(req.Context(), answer.Result)
	if err != nil {
		return nil, err
	}
	in.c.set("")
	res.Body = io.NopCloser(bytes.NewReader(seen))
	return res, nil
}

// takeAll takes a batch over, in order, and returns the answer that the
// library needs: the ids alone, whatever else is in them.
func (c *Channel) takeAll(ctx context.Context, updates []json.RawMessage) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(`{"ok":true,"result":[`)
	for i, raw := range updates {
		id, err := c.take(ctx, raw)
		if err != nil {
			return nil, fmt.Errorf("take the update over: %w", err)
		}
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(&out, `{"update_id":%d}`, id)
	}
	out.WriteString(`]}`)
	return out.Bytes(), nil
}

// take makes one update durable. One that cannot be read is buried.
func (c *Channel) take(ctx context.Context, raw []byte) (int64, error) {
	var head struct {
		ID int64 `json:"update_id"`
	}
	if err := json.Unmarshal(raw, &head); err != nil || head.ID == 0 {
		return 0, c.o.Memory.Bury(ctx, fmt.Sprintf("%x", sha256.Sum256(raw)), raw, "an update without an id")
	}
	var u models.Update
	if err := json.Unmarshal(raw, &u); err != nil {
		return head.ID, c.o.Memory.Bury(ctx, fmt.Sprint(head.ID), raw, "not an update as the Bot API describes it")
	}
	c.mu.Lock()
	accept, me := c.accept, c.me
	c.mu.Unlock()
	if accept == nil {
		return 0, errNotRunning
	}
	if q := u.CallbackQuery; q != nil {
		token, mine := pressed(q)
		q.Data = token
		if !mine {
			c.answer(q, false)
			return head.ID, nil
		}
	}
	in, ok := inbound(&u, me)
	if !ok {
		return head.ID, nil
	}
	if u.Message != nil && u.Message.MediaGroupID != "" {
		in.Key = "album:" + u.Message.MediaGroupID // an album is several updates and one message
	}
	if err := accept(ctx, in); err != nil {
		return 0, err
	}
	if q := u.CallbackQuery; q != nil {
		c.answer(q, true)
	}
	return head.ID, nil
}

// Handler receives webhooks: 401 without the secret, 413 and 400 for what is
// too long or no JSON, 503 when it could not be kept, and 200 once it is
// durable (https://core.telegram.org/bots/api#setwebhook).
func (c *Channel) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := r.Header.Get("X-Telegram-Bot-Api-Secret-Token")
		if c.o.Secret == "" || subtle.ConstantTimeCompare([]byte(got), []byte(c.o.Secret)) != 1 {
			http.Error(w, "wrong secret", http.StatusUnauthorized)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxWebhook))
		if err != nil {
			http.Error(w, "too long", http.StatusRequestEntityTooLarge)
			return
		}
		if !json.Valid(body) {
			http.Error(w, "not JSON", http.StatusBadRequest)
			return
		}
		if _, err := c.take(r.Context(), body); err != nil {
			c.o.Log.Warn("update not taken over; Telegram delivers it again", "err", err)
			http.Error(w, "not now", http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusOK)
	})
}

// courtesyTime bounds the calls that run beside a press.
const courtesyTime = 10 * time.Second

// answer ends the waiting sign of a pressed button, and puts the chosen option
// into the message in place of the buttons. Neither is worth a retry.
func (c *Channel) answer(q *models.CallbackQuery, mine bool) {
	c.beside.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), courtesyTime)
		defer cancel()
		p := &tg.AnswerCallbackQueryParams{CallbackQueryID: q.ID}
		if !mine {
			p.Text = notYours(q.From.LanguageCode)
		}
		_, err := c.api.AnswerCallbackQuery(ctx, p)
		if m := q.Message.Message; mine && m != nil && m.Text != "" {
			label := labelOf(m.ReplyMarkup, q.Data)
			if label == "" {
				return
			}
			_, edit := c.api.EditMessageText(ctx, &tg.EditMessageTextParams{
				ChatID: m.Chat.ID, MessageID: m.ID, Text: m.Text + "\n\n✓ " + label, Entities: m.Entities, LinkPreviewOptions: noPreview(),
			})
			err = errors.Join(err, edit)
		}
		if err != nil {
			c.o.Log.Debug("press not shown", "err", words(err))
		}
	})
}

func notYours(lang string) string {
	switch lang {
	case "ru":
		return "Этот выбор задан другому человеку."
	case "es":
		return "Esta pregunta es para otra persona."
	}
	return "This question is for somebody else."
}

// pressed reads a button's data: the token, and whose button it is. Data is
// what any client can make up: the token is checked by who gave it out.
func pressed(q *models.CallbackQuery) (token string, mine bool) {
	token, owner, ok := strings.Cut(q.Data, "|")
	return token, !ok || owner == ownerMark(customer(q.From.ID))
}

// ownerMark is short, so that a token and it fit into 64 bytes.
func ownerMark(c bot.CustomerID) string {
	sum := sha256.Sum256([]byte(c))
	return fmt.Sprintf("%x", sum[:6])
}

// labelOf is the label of the button with a token.
func labelOf(m *models.InlineKeyboardMarkup, token string) string {
	if m == nil {
		return ""
	}
	for _, row := range m.InlineKeyboard {
		for _, b := range row {
			if t, _, _ := strings.Cut(b.CallbackData, "|"); t == token {
				return b.Text
			}
		}
	}
	return ""
}
