package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// writeLimit bounds how long a browser may take to read.
const writeLimit = 30 * time.Second

// stream writes server-sent events (HTML standard, section 9.2).
type stream struct {
	w   http.ResponseWriter
	rc  *http.ResponseController
	err error
}

func (s *stream) event(id int64, name string, data any) {
	body, err := json.Marshal(data)
	if err != nil {
		s.err = err
		return
	}
	if id > 0 {
		s.write(fmt.Sprintf("id: %d\n", id))
	}
	s.write(fmt.Sprintf("event: %s\ndata: %s\n\n", name, body))
}

// comment keeps proxies from closing a quiet stream.
func (s *stream) comment() { s.write(": still here\n\n") }

func (s *stream) write(text string) {
	if s.err != nil {
		return
	}
	// A server without deadlines (a test's recorder) may refuse; writing goes on.
	_ = s.rc.SetWriteDeadline(time.Now().Add(writeLimit))
	_, s.err = s.w.Write([]byte(text))
}

// flush tells whether the browser is still there.
func (s *stream) flush() bool {
	if s.err == nil {
		s.err = s.rc.Flush()
	}
	return s.err == nil
}
