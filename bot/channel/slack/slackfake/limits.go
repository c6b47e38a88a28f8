package slackfake

import (
	"time"
)

// Limits are the rate limits that the fake keeps.
// https://docs.slack.dev/apis/web-api/rate-limits
type Limits struct {
	Off       bool // none at all
	PostBurst int  // chat.postMessage to one channel: this many at once, then one a second; default 5 (Slack says "short bursts")
	Workspace int  // chat.postMessage in all, a minute; 0 is no limit (Slack says "several hundred")
}

// bucket is one token bucket: it holds up to size tokens and gains one every
// gap. paused is the end of the last Retry-After that was told.
type bucket struct {
	size   int
	gap    time.Duration
	full   time.Time // when it would be full again
	paused time.Time
}

// take takes one token, or says how long to wait for it.
func (b *bucket) take(now time.Time) time.Duration {
	if b.full.Before(now) {
		b.full = now
	}
	if wait := b.full.Sub(now) - time.Duration(b.size-1)*b.gap; wait > 0 {
		return wait
	}
	b.full = b.full.Add(b.gap)
	return 0
}

// perMinute are the documented tiers of the methods; chat.postMessage has its
// own rule, and so has assistant.threads.setStatus.
func perMinute(name string) int {
	switch name {
	case "apps.connections.open":
		return 0 // tier 1, but enforced nowhere near: several processes reconnect at once
	case "chat.startStream", "chat.stopStream":
		return 20
	case "chat.update", "chat.delete", "conversations.info", "conversations.history", "conversations.replies",
		"conversations.open", "reactions.add":
		return 50
	case "chat.postEphemeral", "chat.appendStream", "users.info", "views.open", "views.publish", "views.update", "views.push",
		"files.info", "files.getUploadURLExternal", "files.completeUploadExternal", "assistant.threads.setSuggestedPrompts", "assistant.threads.setTitle":
		return 100
	case "reactions.remove":
		return 20
	case "assistant.threads.setStatus":
		return 600
	}
	return 0
}

// Overrun is a request above a limit.
type Overrun struct {
	Method, Channel string
	At              time.Time
	Wait            time.Duration // the Retry-After it got
	Early           bool          // it came although an earlier Retry-After of the same limit had not passed
}

// Overruns are the requests that were answered 429 because of a limit.
func (s *Server) Overruns() []Overrun {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Overrun(nil), s.overruns...)
}

// limit counts a call and says how long it must wait, 0 when it may go on.
func (s *Server) limit(name string, a args) time.Duration {
	if s.cfg.Limits.Off {
		return 0
	}
	if name != "chat.postMessage" {
		n := perMinute(name)
		if n == 0 {
			return 0
		}
		return s.draw(name, "", n, time.Minute/time.Duration(n), a["channel"])
	}
	burst := s.cfg.Limits.PostBurst
	if burst == 0 {
		burst = 5
	}
	if n := s.cfg.Limits.Workspace; n > 0 {
		if wait := s.draw(name, "", n, time.Minute/time.Duration(n), a["channel"]); wait > 0 {
			return wait
		}
	}
	return s.draw(name, a["channel"], burst, time.Second, a["channel"])
}

func (s *Server) draw(name, key string, size int, gap time.Duration, channel string) time.Duration {
	id := name + " " + key
	b := s.buckets[id]
	if b == nil {
		b = &bucket{size: size, gap: gap}
		s.buckets[id] = b
	}
	now := s.clock.Now()
	early := now.Before(b.paused)
	var wait time.Duration
	if early {
		wait = b.paused.Sub(now)
	} else if wait = b.take(now); wait == 0 {
		return 0
	}
	wait = (wait + time.Second - 1).Truncate(time.Second) // told in whole seconds
	if !early {
		b.paused = now.Add(wait)
	}
	s.overruns = append(s.overruns, Overrun{Method: name, Channel: channel, At: now, Wait: wait, Early: early})
	return wait
}
