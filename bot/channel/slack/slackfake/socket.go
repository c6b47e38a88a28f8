package slackfake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gorilla/websocket"
)

// Slack's numbers for Socket Mode
// (https://docs.slack.dev/apis/events-api/using-socket-mode).
const (
	maxConns   = 10               // open connections of one app
	maxAck     = 20 << 10         // bytes; a larger acknowledgement payload is dropped in silence
	drainAfter = 10 * time.Second // from "refresh_requested" to the close
	queueSize  = 4096             // envelopes on their way to one connection
)

// conn is one open Socket Mode connection.
type conn struct {
	id       int
	ws       *websocket.Conn
	out      chan []byte
	draining bool // gets no new envelopes
	gone     bool
}

// close cuts the connection; the reader then takes it out of the list.
func (c *conn) close() {
	if c.gone {
		return
	}
	c.gone = true
	close(c.out)
	_ = c.ws.NetConn().Close() // it is being cut; there is nobody to tell
}

// connectionsOpen is apps.connections.open: a URL that opens one socket once.
func connectionsOpen(s *Server, _ args) (object, error) {
	if len(s.open()) >= maxConns {
		return nil, fail("too_many_websockets")
	}
	ticket := s.id("ticket-")
	s.tickets[ticket] = true
	u, err := url.Parse(s.URL())
	if err != nil {
		return nil, fmt.Errorf("own address: %w", err)
	}
	u.Scheme, u.Path = "ws", "/link"
	u.RawQuery = url.Values{"ticket": {ticket}, "app_id": {App}}.Encode()
	return object{"url": u.String()}, nil
}

// open are the connections that take new envelopes.
func (s *Server) open() []*conn {
	var out []*conn
	for _, c := range s.conns {
		if !c.gone && !c.draining {
			out = append(out, c)
		}
	}
	return out
}

func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	s.mu.Lock()
	good := s.tickets[ticket] && s.authErr == ""
	delete(s.tickets, ticket) // a ticket works once
	s.mu.Unlock()
	if !good {
		http.Error(w, "ticket_expired", http.StatusNotFound)
		return
	}
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }} // clients name slack.com as theirs
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	s.mu.Lock()
	s.nextConn++
	c := &conn{id: s.nextConn, ws: ws, out: make(chan []byte, queueSize)}
	s.conns = append(s.conns, c)
	if s.ctx.Err() != nil {
		c.close()
	}
	s.send(c, object{
		"type": "hello", "num_connections": len(s.open()),
		"connection_info": object{"app_id": App},
		"debug_info":      object{"host": fmt.Sprintf("applink-%d", c.id), "build_number": 1, "approximate_connection_time": 18060},
	})
	s.note()
	s.work.Add(1)
	s.mu.Unlock()
	go s.write(c)
	s.read(c)
}

// send queues one JSON message for a connection; s.mu is held.
func (s *Server) send(c *conn, v object) {
	if c.gone {
		return
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("slackfake: envelope: %v", err)) // only ever built from JSON
	}
	select {
	case c.out <- b:
	default:
		s.complain("connection %d reads too slowly and was cut", c.id)
		c.close()
	}
}

// write sends what is queued, and PINGs in between.
func (s *Server) write(c *conn) {
	defer s.work.Done()
	var tick <-chan time.Time
	if s.cfg.PingEvery > 0 {
		t := time.NewTicker(s.cfg.PingEvery)
		defer t.Stop()
		tick = t.C
	}
	for {
		select {
		case b, ok := <-c.out:
			if !ok {
				return
			}
			if c.ws.WriteMessage(websocket.TextMessage, b) != nil {
				s.drop(c)
			}
		case <-tick:
			s.mu.Lock()
			on := s.pings
			s.mu.Unlock()
			if on && c.ws.WriteControl(websocket.PingMessage, []byte("Ping from "+App), time.Now().Add(time.Second)) != nil {
				s.drop(c)
			}
		}
	}
}

func (s *Server) drop(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.close()
	s.conns = slices.DeleteFunc(s.conns, func(x *conn) bool { return x == c })
	s.note()
}

// read takes acknowledgements until the connection ends.
func (s *Server) read(c *conn) {
	defer s.drop(c)
	for {
		_, b, err := c.ws.ReadMessage()
		if err != nil {
			return
		}
		var ack struct {
			EnvelopeID string          `json:"envelope_id"`
			Payload    json.RawMessage `json:"payload"`
		}
		s.mu.Lock()
		switch err := json.Unmarshal(b, &ack); {
		case err != nil || ack.EnvelopeID == "":
			s.complain("connection %d sent what is no acknowledgement: %.80s", c.id, b)
		case len(ack.Payload) >= maxAck:
			s.complain("acknowledgement of %s dropped: payload of %d bytes", ack.EnvelopeID, len(ack.Payload))
		default:
			s.acked(ack.EnvelopeID, ack.Payload)
		}
		s.mu.Unlock()
	}
}

// Connections is the number of open sockets that take envelopes.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open())
}

// Disconnect sends one connection, the oldest open one, a disconnect envelope.
// Reasons are "warning" (the connection goes on), "refresh_requested" (no new
// envelopes, closed 10 s later) and "link_disabled" (closed at once: Socket
// Mode was switched off). It reports whether there was a connection.
func (s *Server) Disconnect(reason string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := s.open()
	if len(open) == 0 {
		return false
	}
	c := open[0]
	s.send(c, object{"type": "disconnect", "reason": reason, "debug_info": object{"host": fmt.Sprintf("applink-%d", c.id)}})
	switch reason {
	case "refresh_requested":
		c.draining = true
		s.clock.after(drainAfter, func() { s.drop(c) })
	case "link_disabled":
		c.draining = true
		s.clock.after(0, func() { s.drop(c) })
	}
	s.note()
	return true
}

// Cut breaks all sockets without a word, as a network does.
func (s *Server) Cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		c.close()
	}
	s.note()
}

// SetPings switches the WebSocket PINGs on and off; a client that hears none
// must take the connection for dead.
func (s *Server) SetPings(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pings = on
}

// SendRaw puts a message as it stands on the oldest open connection, for what
// Slack should never send: broken JSON, unknown types.
func (s *Server) SendRaw(b []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := s.open()
	if len(open) == 0 {
		return false
	}
	open[0].out <- b
	return true
}
