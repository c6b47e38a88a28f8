package console

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"net/http"
	"strings"
	"time"
)

//go:embed static templates
var files embed.FS

var statusPage = template.Must(template.ParseFS(files, "templates/status.html"))

// checkTime bounds the look at everything that must work.
const checkTime = 5 * time.Second

// statusLine is a Check as the page shows it.
type statusLine struct {
	Name, Class, Mark string
	Lines             []string
}

// status shows people what /readyz tells programs: whether everything works,
// and what is wrong with an edit of the flows that is not in force.
func (o Options) status(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), checkTime)
	defer cancel()
	data := struct {
		Title  string
		Checks []statusLine
		At     time.Time
	}{Title: "Everything works", At: time.Now()}
	for _, c := range o.Ready(ctx) {
		l := statusLine{Name: c.Name, Class: "good", Mark: "works"}
		switch {
		case !c.OK && c.Warn:
			l.Class, l.Mark = "warn", "needs a look"
			if data.Title == "Everything works" {
				data.Title = "Works, with something to look at"
			}
		case !c.OK:
			l.Class, l.Mark, data.Title = "bad", "does not work", "Something does not work"
		}
		for line := range strings.SplitSeq(c.Detail, " | ") {
			if line != "" {
				l.Lines = append(l.Lines, line)
			}
		}
		data.Checks = append(data.Checks, l)
	}
	var page bytes.Buffer
	if err := statusPage.Execute(&page, data); err != nil {
		o.Log.Error("status page not made", "err", err)
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = page.WriteTo(w) // the browser is gone; it will ask again
}
