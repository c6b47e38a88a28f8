package slackfake

import (
	"context"
	"encoding/json"
	"net/url"
	"time"
)

// Kinds of delivery, named like the envelopes of Socket Mode.
const (
	KindEvent       = "events_api"
	KindInteractive = "interactive"
	KindSlash       = "slash_commands"
)

// ackWithin is how long an app may take to acknowledge.
const ackWithin = 3 * time.Second

// retryAfter is how long Slack waits after a failed delivery of an event before
// retry 1, 2 and 3 (https://docs.slack.dev/apis/events-api/#retries). Nothing
// else is delivered twice.
var retryAfter = [...]time.Duration{0, time.Minute, 5 * time.Minute}

// Attempt is one delivery of something to the app.
type Attempt struct {
	Kind       string
	EnvelopeID string // Socket Mode; "" when there was no connection
	EventID    string // events only
	Type       string // of the event or interaction
	TS         string // of the message that it is about
	Retry      int    // 0 for the first delivery
	Reason     string // why it is retried
	Conn       int    // number of the connection; 0 over HTTP or when there was none
	At         time.Time
	Done       bool // acknowledged, refused or timed out
	OK         bool // acknowledged within 3 s
	Status     int  // HTTP status of the answer
}

// job is something to deliver, with its retries.
type job struct {
	kind    string
	typ     string
	ts      string
	eventID string
	lane    string
	payload json.RawMessage
	form    url.Values // slash commands over HTTP
	accepts bool       // the acknowledgement may carry a payload
	retry   int
	reason  string
	env     string
	try     int // index of the current attempt in s.attempts
	stop    func()
	onReply func(reply json.RawMessage) // with s.mu held, when acknowledged
	onFail  func()                      // with s.mu held, when given up
	over    bool
	ok      bool
	reply   json.RawMessage
}

// lane keeps the first deliveries of one channel over HTTP in order.
type lane struct {
	busy  bool
	queue []*job
}

// Receipt follows one delivery.
type Receipt struct {
	s       *Server
	j       *job
	EventID string // events only
}

// Await waits until the app has acknowledged, or Slack has given up. ok is what
// the user sees: false is the warning sign on a button or a failed command.
func (r *Receipt) Await(ctx context.Context) (ok bool, reply json.RawMessage, err error) {
	err = r.s.Await(ctx, func() bool {
		r.s.mu.Lock()
		defer r.s.mu.Unlock()
		ok, reply = r.j.ok, r.j.reply
		return r.j.over
	})
	return ok, reply, err
}

// Attempts are all deliveries so far.
func (s *Server) Attempts() []Attempt {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Attempt(nil), s.attempts...)
}

// Pending is the number of deliveries that are neither acknowledged nor given
// up, and Lost that of those given up.
func (s *Server) Pending() int { return s.count(func(j *job) bool { return !j.over }) }

// Lost is the number of deliveries that Slack has given up.
func (s *Server) Lost() int { return s.count(func(j *job) bool { return j.over && !j.ok }) }

func (s *Server) count(f func(*job) bool) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, j := range s.jobs {
		if f(j) {
			n++
		}
	}
	return n
}

// SetRequestURL switches to signed HTTP delivery to this address, or to Socket
// Mode when it is empty. What is under way keeps its way.
func (s *Server) SetRequestURL(u string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requestURL = u
}

// deliver sends a job for the first time; s.mu is held.
func (s *Server) deliver(j *job) *Receipt {
	s.jobs = append(s.jobs, j)
	if s.requestURL == "" || j.kind != KindEvent {
		s.attempt(j)
		return &Receipt{s: s, j: j, EventID: j.eventID}
	}
	l := s.lanes[j.lane]
	if l == nil {
		l = &lane{}
		s.lanes[j.lane] = l
	}
	if l.busy {
		l.queue = append(l.queue, j)
	} else {
		l.busy = true
		s.attempt(j)
	}
	return &Receipt{s: s, j: j, EventID: j.eventID}
}

// attempt delivers a job once; s.mu is held.
func (s *Server) attempt(j *job) {
	a := Attempt{Kind: j.kind, EventID: j.eventID, Type: j.typ, TS: j.ts, Retry: j.retry, Reason: j.reason, At: s.clock.Now()}
	j.try = len(s.attempts)
	if s.requestURL != "" {
		s.attempts = append(s.attempts, a)
		s.note()
		s.request(j)
		return
	}
	open := s.open()
	if len(open) == 0 {
		a.Done = true
		s.attempts = append(s.attempts, a)
		s.failed(j, "connection_failed")
		return
	}
	s.turn++
	c := open[s.turn%len(open)]
	j.env = s.id("env-")
	a.EnvelopeID, a.Conn = j.env, c.id
	s.attempts = append(s.attempts, a)
	s.waiting[j.env] = j
	env := object{"type": j.kind, "envelope_id": j.env, "payload": j.payload, "accepts_response_payload": j.accepts}
	if j.kind == KindEvent {
		env["retry_attempt"], env["retry_reason"] = j.retry, j.reason
	}
	s.send(c, env)
	id := j.env
	j.stop = s.clock.after(ackWithin, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.waiting[id] == j {
			delete(s.waiting, id)
			s.failed(j, "timeout")
		}
	})
	s.note()
}

// acked takes an acknowledgement over the socket; s.mu is held.
func (s *Server) acked(id string, payload json.RawMessage) {
	j := s.waiting[id]
	if j == nil {
		s.complain("acknowledgement of %s, which is unknown, acknowledged or timed out", id)
		return
	}
	if !j.accepts && len(payload) > 0 && string(payload) != "null" {
		s.complain("acknowledgement of %s carries a payload, which it may not", id)
		payload = nil
	}
	delete(s.waiting, id)
	j.stop()
	s.succeeded(j, payload)
}

func (s *Server) succeeded(j *job, reply json.RawMessage) {
	s.attempts[j.try].Done, s.attempts[j.try].OK = true, true
	j.over, j.ok, j.reply = true, true, reply
	if j.onReply != nil {
		j.onReply(reply)
	}
	s.next(j)
	s.note()
}

// failed ends an attempt without success and sets up the next one.
func (s *Server) failed(j *job, reason string) {
	s.attempts[j.try].Done = true
	if j.retry == 0 {
		s.next(j)
	}
	if j.kind != KindEvent || j.retry == len(retryAfter) || reason == "" || s.ctx.Err() != nil {
		j.over = true
		if j.onFail != nil {
			j.onFail()
		}
		s.note()
		return
	}
	wait := retryAfter[j.retry]
	j.retry++
	j.reason = reason
	if wait == 0 {
		s.attempt(j)
		return
	}
	s.clock.after(wait, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.attempt(j)
	})
	s.note()
}

// next lets the first delivery behind j go, if they share a lane.
func (s *Server) next(j *job) {
	l := s.lanes[j.lane]
	if l == nil || j.retry > 0 || j.kind != KindEvent {
		return
	}
	l.busy = len(l.queue) > 0
	if l.busy {
		first := l.queue[0]
		l.queue = l.queue[1:]
		s.attempt(first)
	}
}
