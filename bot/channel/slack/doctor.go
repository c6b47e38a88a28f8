package slack

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	api "github.com/slack-go/slack"
)

// Finding is one thing that Doctor has looked at.
type Finding struct {
	OK    bool
	Words string // what is so, and what to do about it
}

// Doctor looks at the connection: the tokens, the scopes, and whether
// deliveries get through: over Socket Mode, or to url, where a server with the
// same signing secret must answer. It posts nothing.
func (c *Channel) Doctor(ctx context.Context, url string) []Finding {
	out := c.botFindings(ctx)
	if c.o.AppToken != "" {
		if _, _, err := c.api.StartSocketModeContext(ctx); err != nil {
			return append(out, Finding{Words: "Socket Mode: " + explain(err) + "; the app-level token (xapp-…) needs the scope connections:write, and Socket Mode must be on"})
		}
		return append(out, Finding{OK: true, Words: "Socket Mode: a connection can be opened"})
	}
	return append(out, c.deliveryFinding(ctx, url))
}

func (c *Channel) botFindings(ctx context.Context) []Finding {
	var scopes string
	opts := []api.Option{
		api.OptionHTTPClient(&http.Client{Timeout: callTime}),
		api.OptionOnResponseHeaders(func(_ string, h http.Header) { scopes = h.Get("X-OAuth-Scopes") }),
	}
	if c.o.APIURL != "" {
		opts = append(opts, api.OptionAPIURL(c.o.APIURL))
	}
	r, err := api.New(c.o.BotToken, opts...).AuthTestContext(ctx)
	if err != nil {
		return []Finding{{Words: "bot token: " + explain(err)}}
	}
	out := []Finding{{OK: true, Words: fmt.Sprintf("bot token: @%s in the workspace %s", r.User, r.Team)}}
	if scopes == "" {
		return append(out, Finding{OK: true, Words: "scopes: Slack did not list them"})
	}
	have := strings.FieldsFunc(scopes, func(r rune) bool { return r == ',' || r == ' ' })
	var missing []string
	for _, s := range Scopes() {
		if !slices.Contains(have, s) {
			missing = append(missing, s)
		}
	}
	if len(missing) > 0 {
		return append(out, Finding{Words: "scopes: the app lacks " + strings.Join(missing, ", ") + "; put the manifest in place again and reinstall the app"})
	}
	return append(out, Finding{OK: true, Words: "scopes: all there"})
}

// deliveryFinding sends Slack's own question to where Slack delivers to, signed
// with our secret: only a server with the same one gives the right answer.
func (c *Channel) deliveryFinding(ctx context.Context, url string) Finding {
	if len(c.o.Secrets) == 0 || c.o.Secrets[0] == "" {
		return Finding{Words: "signing secret: there is none; it stands under \"Basic Information\" of the app"}
	}
	challenge := rand.Text()
	body := []byte(`{"type":"url_verification","challenge":"` + challenge + `"}`)
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(c.o.Secrets[0]))
	fmt.Fprintf(mac, "v0:%s:%s", stamp, body)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return Finding{Words: "deliveries: " + url + " is no address"}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Slack-Request-Timestamp", stamp)
	req.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	res, err := (&http.Client{Timeout: callTime}).Do(req)
	if err != nil {
		return Finding{Words: "deliveries: nobody answers at " + url + "; start \"latchkey serve\" and look at the proxy in front of it"}
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<10))
	switch {
	case err == nil && res.StatusCode == http.StatusOK && string(answer) == challenge:
		return Finding{OK: true, Words: "deliveries: the server at " + url + " answers, with the same signing secret"}
	case res.StatusCode == http.StatusUnauthorized:
		return Finding{Words: "deliveries: the server at " + url + " has another signing secret, or its clock is wrong"}
	}
	return Finding{Words: fmt.Sprintf("deliveries: %s answers %d; it should lead to this program", url, res.StatusCode)}
}
