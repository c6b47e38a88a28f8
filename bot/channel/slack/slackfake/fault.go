package slackfake

import "time"

// Fault is how a call goes wrong. Exactly one of the fields is set.
type Fault struct {
	Status     int           // answered with this HTTP status (5xx) and an HTML page, not processed
	RetryAfter time.Duration // answered 429 with Retry-After, not processed
	Error      string        // answered with this error code, not processed
	Hang       bool          // processed and never answered
	Reset      bool          // processed, then the connection is cut
	Before     bool          // the connection is cut, not processed
}

// Fail makes the next n calls of a method go wrong, "*" standing for all
// methods. Plans for one method queue up; a method's own plan goes first.
func (s *Server) Fail(method string, n int, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		s.faults[method] = append(s.faults[method], f)
	}
}

func (s *Server) nextFault(name string) Fault {
	for _, key := range []string{name, "*"} {
		if q := s.faults[key]; len(q) > 0 {
			s.faults[key] = q[1:]
			return q[0]
		}
	}
	return Fault{}
}

// RevokeToken makes every call answer with code from now on: token_revoked,
// account_inactive, invalid_auth; "" makes the tokens good again. Open sockets
// are closed, as Slack does.
func (s *Server) RevokeToken(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.authErr = code
	if code != "" {
		for _, c := range s.conns {
			c.close()
		}
	}
	s.note()
}

// SetScopes changes what the bot token may do.
func (s *Server) SetScopes(scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scopes = scopes
}
