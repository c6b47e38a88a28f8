package telegram

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
)

// secretHeader is where Telegram puts the secret of setWebhook
// (https://core.telegram.org/bots/api#setwebhook).
const secretHeader = "X-Telegram-Bot-Api-Secret-Token"

// maxHook is the largest request taken, in bytes. An update is far smaller.
const maxHook = 1 << 20

// secretForm is what Telegram takes, and long enough that nobody guesses it.
var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{32,256}$`)

// hookSecret is the configured secret, or one made from the token: all nodes
// have the same without being told.
func hookSecret(o Options) string {
	if o.Secret != "" {
		return o.Secret
	}
	mac := hmac.New(sha256.New, []byte(o.Token))
	mac.Write([]byte("latchkey telegram webhook"))
	return hex.EncodeToString(mac.Sum(nil))
}

// Handler takes updates from Telegram, one a request. It answers 200 only when
// the update is durable; with anything else Telegram comes again. The
// library's own handler answers 200 to everything, also to a wrong secret.
func (a *Channel) Handler() http.Handler {
	want := sha256.Sum256([]byte(a.secret))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := sha256.Sum256([]byte(r.Header.Get(secretHeader)))
		if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			http.Error(w, "the secret is missing or wrong", http.StatusUnauthorized)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxHook))
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large):
			http.Error(w, "larger than 1 MiB", http.StatusRequestEntityTooLarge)
			return
		case err != nil:
			http.Error(w, "the body breaks off", http.StatusBadRequest)
			return
		}
		var id struct {
			ID *int64 `json:"update_id"`
		}
		if err := json.Unmarshal(body, &id); err != nil || id.ID == nil {
			http.Error(w, "not an update", http.StatusBadRequest)
			return
		}
		if err := a.take(r.Context(), []json.RawMessage{body}); err != nil {
			if r.Context().Err() == nil {
				a.o.Log.Warn("update not kept; Telegram delivers it again", "channel", Name, "update", *id.ID, "err", err)
			}
			w.Header().Set("Retry-After", "1")
			http.Error(w, "not taken over; deliver it again", http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusOK)
	})
}
