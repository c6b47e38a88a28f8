// Package slackfake is a strict Slack for tests, written from Slack's public
// documentation (docs.slack.dev) and not from any client: what Slack refuses,
// it refuses, with Slack's own error codes. It speaks the Web API, Socket Mode
// and signed HTTP delivery on a loopback address, keeps what a user would see,
// and lets a test play the user: write, press, submit, edit, delete.
//
// A test in Go uses Start and the methods of Server; another program drives it
// through the JSON endpoints below /_control/ (see control.go).
package slackfake

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

// Config sets a fake up. The zero Config is a workspace with the app installed
// with all scopes, in Socket Mode, with one customer.
type Config struct {
	URL           string           // where the handler is reachable, such as "http://127.0.0.1:8080"; Start sets it
	Clock         *Clock           // default RunningClock
	Stamp         func() time.Time // the time that signed requests carry; default time.Now, since the app checks it against its own clock
	BotToken      string           // default "xoxb-fake"
	AppToken      string           // default "xapp-fake"
	SigningSecret string           // default "fake-signing-secret"
	Scopes        []string         // bot scopes; default AllScopes
	Events        []string         // subscribed events; default AllEvents
	RequestURL    string           // where HTTP delivery goes; empty is Socket Mode
	PingEvery     time.Duration    // WebSocket PINGs, by the machine's clock; default 5 s, negative never
	Limits        Limits           // rate limits; the zero Limits are Slack's documented ones
}

// Fixed ids of the workspace that every fake starts with.
const (
	Team     = "T0FAKE0001"
	App      = "A0FAKE0001"
	BotUser  = "U0FAKEBOT1"
	BotID    = "B0FAKE0001"
	Customer = "U0FAKECUS1" // the user that is there from the start
	General  = "C0FAKEGEN1" // the public channel that is there from the start; bot and customer are members
)

// Server is one fake workspace with one app installed.
type Server struct {
	cfg   Config
	clock *Clock
	http  *httptest.Server
	ctx   context.Context // ends with Close
	end   context.CancelFunc
	work  sync.WaitGroup

	mu         sync.Mutex
	changed    chan struct{} // closed and replaced whenever anything below changes
	serial     int
	lastTS     int64
	authErr    string // why tokens are refused, "" while they are good
	scopes     []string
	requestURL string
	users      map[string]*User
	channels   map[string]*channel
	log        []Entry
	complaints []string
	calls      []Call
	faults     map[string][]Fault
	buckets    map[string]*bucket
	overruns   []Overrun
	files      map[string]*File
	triggers   map[string]*trigger
	responses  map[string]*responseURL
	homes      map[string]*View
	modals     map[string][]*View // by user, the one on top last
	status     map[string]*status // by channel and thread
	prompts    map[string][]Prompt

	tickets  map[string]bool
	conns    []*conn
	nextConn int
	turn     int // whose turn it is to get an envelope
	pings    bool
	waiting  map[string]*job // unacknowledged envelopes by envelope id
	jobs     []*job
	lanes    map[string]*lane
	attempts []Attempt
}

// New makes a fake that the caller serves at cfg.URL.
func New(cfg Config) *Server {
	if cfg.Clock == nil {
		cfg.Clock = RunningClock()
	}
	if cfg.Stamp == nil {
		cfg.Stamp = time.Now
	}
	if cfg.BotToken == "" {
		cfg.BotToken = "xoxb-fake"
	}
	if cfg.AppToken == "" {
		cfg.AppToken = "xapp-fake"
	}
	if cfg.SigningSecret == "" {
		cfg.SigningSecret = "fake-signing-secret"
	}
	if cfg.Scopes == nil {
		cfg.Scopes = AllScopes()
	}
	if cfg.Events == nil {
		cfg.Events = AllEvents()
	}
	if cfg.PingEvery == 0 {
		cfg.PingEvery = 5 * time.Second
	}
	ctx, end := context.WithCancel(context.Background())
	s := &Server{
		cfg: cfg, clock: cfg.Clock, ctx: ctx, end: end,
		changed: make(chan struct{}), scopes: cfg.Scopes, requestURL: cfg.RequestURL,
		users: map[string]*User{}, channels: map[string]*channel{}, faults: map[string][]Fault{},
		buckets: map[string]*bucket{}, tickets: map[string]bool{}, waiting: map[string]*job{}, lanes: map[string]*lane{},
		files: map[string]*File{}, triggers: map[string]*trigger{}, responses: map[string]*responseURL{},
		homes: map[string]*View{}, modals: map[string][]*View{}, status: map[string]*status{}, prompts: map[string][]Prompt{},
		pings: cfg.PingEvery > 0,
	}
	s.users[BotUser] = &User{ID: BotUser, Name: "latchkey", RealName: "Latchkey", IsBot: true}
	s.users[Customer] = &User{ID: Customer, Name: "ada", RealName: "Ada Lovelace", Locale: "en-US"}
	s.channels[General] = &channel{id: General, name: "general", kind: kindPublic, members: map[string]bool{BotUser: true, Customer: true}}
	return s
}

// Start serves a new fake on a loopback port. Close ends it.
func Start(cfg Config) *Server {
	s := New(cfg)
	s.http = httptest.NewServer(s)
	s.cfg.URL = s.http.URL
	return s
}

// URL is the fake's address without a slash at the end.
func (s *Server) URL() string { return s.cfg.URL }

// APIURL is the base of the Web API, as slack.OptionAPIURL wants it.
func (s *Server) APIURL() string { return s.URL() + "/api/" }

// BotToken is the token for the Web API.
func (s *Server) BotToken() string { return s.cfg.BotToken }

// AppToken is the app-level token for Socket Mode.
func (s *Server) AppToken() string { return s.cfg.AppToken }

// SigningSecret signs HTTP deliveries.
func (s *Server) SigningSecret() string { return s.cfg.SigningSecret }

// Clock is the fake's clock.
func (s *Server) Clock() *Clock { return s.clock }

// Close drops all connections, gives up what is not delivered and waits for
// everything the fake has started.
func (s *Server) Close() {
	s.end()
	s.clock.stop()
	s.mu.Lock()
	for _, c := range s.conns {
		c.close()
	}
	s.mu.Unlock()
	if s.http != nil {
		s.http.CloseClientConnections()
		s.http.Close()
	}
	s.work.Wait()
}

// ServeHTTP is the fake itself.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/api/"):
		s.serveAPI(w, r, strings.TrimPrefix(r.URL.Path, "/api/"))
	case r.URL.Path == "/link":
		s.serveSocket(w, r)
	case strings.HasPrefix(r.URL.Path, "/actions/"):
		s.serveResponse(w, r, strings.TrimPrefix(r.URL.Path, "/actions/"))
	case strings.HasPrefix(r.URL.Path, "/upload/"):
		s.serveUpload(w, r, strings.TrimPrefix(r.URL.Path, "/upload/"))
	case strings.HasPrefix(r.URL.Path, "/files-pri/"):
		s.serveFile(w, r, strings.TrimPrefix(r.URL.Path, "/files-pri/"))
	case strings.HasPrefix(r.URL.Path, "/_control/"):
		s.serveControl(w, r, strings.TrimPrefix(r.URL.Path, "/_control/"))
	case r.URL.Path == "/":
		fmt.Fprint(w, "<html>Sign in to Slack</html>")
	default:
		http.NotFound(w, r)
	}
}

// note says that something has changed; s.mu is held.
func (s *Server) note() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Await returns once ok holds; it is asked again after every change. The error
// is ctx's. ok may call the methods of Server.
func (s *Server) Await(ctx context.Context, ok func() bool) error {
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if ok() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// complain notes something that a correct client never does; s.mu is held.
func (s *Server) complain(format string, args ...any) {
	s.complaints = append(s.complaints, fmt.Sprintf(format, args...))
	s.note()
}

// Complaints are the offences against the protocol that Slack would pass over
// in silence: acknowledgements of unknown envelopes, payloads that it drops.
func (s *Server) Complaints() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.complaints...)
}

// id makes a new id with a prefix that says what it names; s.mu is held.
func (s *Server) id(prefix string) string {
	s.serial++
	return fmt.Sprintf("%s0FAKE%05d", prefix, s.serial)
}

// ts is a new message timestamp, later than all before it; s.mu is held.
func (s *Server) ts() string {
	now := max(s.clock.Now().UnixMicro(), s.lastTS+1)
	s.lastTS = now
	return fmt.Sprintf("%d.%06d", now/1e6, now%1e6)
}
