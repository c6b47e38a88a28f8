// Package openai lets any OpenAI-compatible server help: with vectors of what
// texts mean, with an answer that is grounded in articles, and with a choice
// among what the matcher found. All of it is optional, limited in time and
// money, and checked before it is believed.
//
// Nothing here is called inside a transaction or a turn. Texts reach this
// package after the secret filter.
package openai

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	api "github.com/sashabaranov/go-openai"
)

// Server is where the models are.
type Server struct {
	// BaseURL ends in the version, such as https://api.openai.com/v1 or
	// http://127.0.0.1:11434/v1. For Azure it is the resource's address.
	BaseURL string
	Key     string // "" = no Authorization header
	// Azure is the API version of an Azure OpenAI resource, such as 2024-10-21;
	// "" = not Azure. The model is then the name of the deployment.
	Azure string
	// Transport carries the requests; nil = http.DefaultTransport.
	Transport http.RoundTripper
}

// client makes a client whose answers are at most max bytes. It follows no
// redirects: the key and the customer's words go to the named host or nowhere.
func (s Server) client(max int64) *api.Client {
	cfg := api.DefaultConfig(s.Key)
	if s.Azure != "" {
		cfg = api.DefaultAzureConfig(s.Key, s.BaseURL)
		cfg.APIVersion = s.Azure
		cfg.AzureModelMapperFunc = func(model string) string { return model }
	}
	cfg.BaseURL = s.BaseURL
	t := s.Transport
	if t == nil {
		t = http.DefaultTransport
	}
	cfg.HTTPClient = &http.Client{
		Transport:     bounded{t, max},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return api.NewClientWithConfig(cfg)
}

// bounded cuts answers off.
type bounded struct {
	next http.RoundTripper
	max  int64
}

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = http.MaxBytesReader(nil, resp.Body, b.max)
	return resp, nil
}

// ErrServer is any failure of the server: not reached, late, refused, or an
// answer that cannot be used.
var ErrServer = errors.New("the model server gave nothing usable")

// failure says what went wrong without quoting the server, which may repeat
// what it was sent.
func failure(err error) error {
	var a *api.APIError
	var r *api.RequestError
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return fmt.Errorf("%w: its answer is larger than %d bytes", ErrServer, large.Limit)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: it took too long", ErrServer)
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.As(err, &a) && a.HTTPStatusCode != 0:
		return fmt.Errorf("%w: it answered with status %d", ErrServer, a.HTTPStatusCode)
	case errors.As(err, &r) && r.HTTPStatusCode >= 300:
		return fmt.Errorf("%w: it answered with status %d", ErrServer, r.HTTPStatusCode)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: its answer broke off", ErrServer)
	}
	return fmt.Errorf("%w: it was not reached, or its answer is not what the protocol says", ErrServer)
}
