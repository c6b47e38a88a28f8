package pump

import "github.com/prometheus/client_golang/prometheus"

// Metrics are the pump's figures. Their labels are channels, kinds and
// reasons: never anything of a customer.
type Metrics struct {
	received, repeated, refused, removed *prometheus.CounterVec
	turns, sent, retried, dead           *prometheus.CounterVec
	mayRepeat                            *prometheus.CounterVec
	poison, unread, courtesies           prometheus.Counter
	lanes                                prometheus.Gauge
	turnSeconds, timerLate               prometheus.Histogram
	sendSeconds                          *prometheus.HistogramVec
}

// NewMetrics makes the figures and registers them.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	vec := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "latchkey_" + name, Help: help}, labels)
	}
	one := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "latchkey_" + name, Help: help})
	}
	seconds := []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	m := &Metrics{
		received:    vec("events_received_total", "Events taken over from platforms, repeats included.", "channel", "kind"),
		repeated:    vec("events_repeated_total", "Events that had been taken over before.", "channel"),
		refused:     vec("events_refused_total", "Events that were not taken over.", "channel", "reason"),
		removed:     vec("secrets_removed_total", "Secrets taken out of customers' messages.", "channel"),
		turns:       vec("turns_total", "Turns committed.", "channel"),
		sent:        vec("messages_sent_total", "Messages that a platform took.", "channel"),
		retried:     vec("messages_retried_total", "Tries that did not get through.", "channel"),
		dead:        vec("messages_failed_total", "Messages given up.", "channel"),
		mayRepeat:   vec("messages_may_repeat_total", "Messages sent again that may have got through before.", "channel"),
		poison:      one("turns_failed_total", "Turns that failed."),
		unread:      one("texts_unread_total", "Texts that the matcher could not read in time."),
		courtesies:  one("courtesies_failed_total", "Typing signs that a platform did not take."),
		lanes:       prometheus.NewGauge(prometheus.GaugeOpts{Name: "latchkey_lanes", Help: "Conversations being worked on."}),
		turnSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "latchkey_turn_seconds", Help: "From the engine's step to the commit.", Buckets: seconds}),
		timerLate:   prometheus.NewHistogram(prometheus.HistogramOpts{Name: "latchkey_timer_late_seconds", Help: "How late alarms rang.", Buckets: seconds}),
		sendSeconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "latchkey_send_seconds", Help: "Platform calls.", Buckets: seconds}, []string{"channel"}),
	}
	reg.MustRegister(m.received, m.repeated, m.refused, m.removed, m.turns, m.sent, m.retried, m.dead, m.mayRepeat,
		m.poison, m.unread, m.courtesies, m.lanes, m.turnSeconds, m.timerLate, m.sendSeconds)
	return m
}
