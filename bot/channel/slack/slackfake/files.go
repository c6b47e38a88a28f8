package slackfake

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// File is a file in the workspace.
type File struct {
	ID     string
	Name   string
	Type   string // MIME type
	User   string // who uploaded it
	Data   []byte
	Title  string
	length int  // as announced by files.getUploadURLExternal
	sent   bool // the bytes have come
	done   bool // files.completeUploadExternal was called
}

// AddFile puts a file into the workspace as a user, for Said.Files.
func (s *Server) AddFile(f File) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.ID == "" {
		f.ID = s.id("F")
	}
	if f.User == "" {
		f.User = Customer
	}
	f.sent, f.done, f.Title = true, true, f.Name
	s.files[f.ID] = &f
	return f.ID
}

// File returns a file; ok is false when there is none or its upload was not
// completed.
func (s *Server) File(id string) (f File, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.files[id]; f != nil && f.done {
		return *f, true
	}
	return File{}, false
}

// wireFile is a file as the API shows it. In a channel shared with another
// workspace only its id is told (https://docs.slack.dev/apis/slack-connect).
func (s *Server) wireFile(f *File, c *channel) object {
	if f == nil {
		return object{}
	}
	if c != nil && c.shared {
		return object{"id": f.ID, "mode": "file_access", "file_access": "check_file_info"}
	}
	address := s.URL() + "/files-pri/" + Team + "-" + f.ID + "/" + path.Base(f.Name)
	return object{
		"id": f.ID, "name": f.Name, "title": f.Title, "mimetype": f.Type, "filetype": strings.TrimPrefix(path.Ext(f.Name), "."),
		"size": len(f.Data), "user": f.User, "mode": "hosted", "is_external": false, "file_access": "visible",
		"url_private": address, "url_private_download": address, "created": s.clock.Now().Unix(),
	}
}

func filesInfo(s *Server, a args) (object, error) {
	f := s.files[a["file"]]
	if f == nil || !f.done {
		return nil, fail("file_not_found")
	}
	return object{"file": s.wireFile(f, nil)}, nil
}

func getUploadURL(s *Server, a args) (object, error) {
	n, err := strconv.Atoi(a["length"])
	if a["filename"] == "" || err != nil || n <= 0 {
		return nil, fail("invalid_arguments", "filename and length are needed")
	}
	f := &File{ID: s.id("F"), Name: a["filename"], User: BotUser, length: n}
	s.files[f.ID] = f
	return object{"upload_url": s.URL() + "/upload/" + f.ID, "file_id": f.ID}, nil
}

// serveUpload is step two: the bytes, raw or as a form.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request, id string) {
	var body io.Reader = r.Body
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		mr, err := r.MultipartReader()
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		part, err := mr.NextPart()
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body = part
	}
	data, err := io.ReadAll(io.LimitReader(body, 64<<20))
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[id]
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
	case f == nil || f.sent:
		http.Error(w, "no such upload", http.StatusNotFound)
	case len(data) != f.length:
		http.Error(w, fmt.Sprintf("%d bytes came, %d were announced", len(data), f.length), http.StatusBadRequest)
	default:
		f.Data, f.sent, f.Type = data, true, http.DetectContentType(data)
		fmt.Fprintf(w, "OK - %d", len(data))
	}
}

func completeUpload(s *Server, a args) (object, error) {
	var list []struct {
		ID    string `json:"id"`
		Title string `json:"title"`
	}
	if json.Unmarshal([]byte(a["files"]), &list) != nil || len(list) == 0 {
		return nil, fail("invalid_arguments", "invalid `files`")
	}
	channels := strings.FieldsFunc(a["channels"]+","+a["channel_id"], func(r rune) bool { return r == ',' })
	var where []*channel
	for _, id := range channels {
		c, err := s.writable(id)
		if err != nil {
			return nil, fail("invalid_channel")
		}
		where = append(where, c)
	}
	var ids []string
	out := []object{}
	for _, l := range list {
		f := s.files[l.ID]
		if f == nil || !f.sent || f.done {
			return nil, fail("file_not_found")
		}
		ids = append(ids, l.ID)
	}
	blocks, err := s.blocks(a)
	if err != nil {
		return nil, err
	}
	for _, l := range list {
		f := s.files[l.ID]
		f.done, f.Title = true, l.Title
		out = append(out, object{"id": f.ID, "title": f.Title})
	}
	for _, c := range where {
		m := &Message{Channel: c.id, TS: s.ts(), Thread: a["thread_ts"], User: BotUser, Bot: true, Text: a["initial_comment"], Blocks: blocks, Files: ids, Subtype: "file_share"}
		s.post(c, m)
		for _, id := range ids {
			s.show(Entry{Kind: "file", Channel: c.id, Thread: m.Thread, TS: m.TS, User: BotUser, Text: s.files[id].Name})
		}
	}
	return object{"files": out}, nil
}

// serveFile is url_private: without the token, or without files:read, it leads
// to the sign-in page.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request, name string) {
	_, id, _ := strings.Cut(name, "-")
	id, _, _ = strings.Cut(id, "/")
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	f := s.files[id]
	allowed := s.authorise(method{scopes: []string{"files:read"}}, token) == nil
	s.mu.Unlock()
	if f == nil || !f.done {
		http.NotFound(w, r)
		return
	}
	if !allowed {
		http.Redirect(w, r, "/?redir="+r.URL.Path, http.StatusFound)
		return
	}
	w.Header().Set("Content-Type", f.Type)
	_, _ = w.Write(f.Data) // the client may have gone
}
