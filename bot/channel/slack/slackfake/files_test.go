package slackfake

import (
	"bytes"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
)

func TestAnUploadTakesThreeSteps(t *testing.T) {
	s, api := start(t, Config{})
	m, _ := say(t, s, Said{Channel: General, Text: "x"})
	f, err := api.UploadFile(slack.UploadFileParameters{
		Filename: "guide.txt", Title: "Guide", Content: "hello", FileSize: 5, Channel: General, ThreadTimestamp: m.TS, InitialComment: "Here",
	})
	if err != nil {
		t.Fatal(err)
	}
	got, ok := s.File(f.ID)
	if !ok || string(got.Data) != "hello" || got.Title != "Guide" {
		t.Errorf("%+v", got)
	}
	if ms := s.Messages(General, m.TS); len(ms) != 2 || ms[1].Files[0] != f.ID || ms[1].Text != "Here" || ms[1].Subtype != "file_share" {
		t.Errorf("%+v", ms)
	}
	info, _, _, err := api.GetFileInfo(f.ID, 0, 0)
	if err != nil || info.Name != "guide.txt" || info.Size != 5 {
		t.Error(info, err)
	}
	var b bytes.Buffer
	if err := api.GetFile(info.URLPrivateDownload, &b); err != nil || b.String() != "hello" {
		t.Error(b.String(), err)
	}
	b.Reset()
	s.SetScopes("chat:write")
	if err := api.GetFile(info.URLPrivateDownload, &b); err == nil {
		t.Errorf("without files:read came %q", b.String())
	}
}

func TestAnIncompleteUploadIsNoFile(t *testing.T) {
	s, api := start(t, Config{})
	u, err := api.GetUploadURLExternalContext(deadline(t), slack.GetUploadURLExternalParameters{FileName: "a", FileSize: 5})
	if err != nil {
		t.Fatal(err)
	}
	complete := func(channel string) error {
		_, err := api.CompleteUploadExternalContext(deadline(t), slack.CompleteUploadExternalParameters{Files: []slack.FileSummary{{ID: u.FileID}}, Channel: channel})
		return err
	}
	wants(t, complete(General), "file_not_found")
	if err := api.UploadToURL(deadline(t), slack.UploadToURLParameters{UploadURL: u.UploadURL, Filename: "a", Content: "too long"}); err == nil {
		t.Error("took another length than announced")
	}
	if err := api.UploadToURL(deadline(t), slack.UploadToURLParameters{UploadURL: u.UploadURL, Filename: "a", Content: "fives"}); err != nil {
		t.Error(err)
	}
	if _, ok := s.File(u.FileID); ok {
		t.Error("a file before the third step")
	}
	wants(t, complete("C0NOWHERE"), "invalid_channel")
	wants(t, complete(General), "")
	wants(t, complete(General), "file_not_found")
	_, _, _, err = api.GetFileInfo("F0NOWHERE", 0, 0)
	wants(t, err, "file_not_found")
}

func TestAUsersFileComesWithTheMessage(t *testing.T) {
	s, api := start(t, Config{})
	_, events := connect(t, s, api)
	id := s.AddFile(File{Name: "shot.png", Type: "image/png", Data: []byte("PNG")})
	say(t, s, Said{Files: []string{id}})
	ev, _ := inner(t, next(t, events)).(*slackevents.MessageEvent)
	if ev.SubType != "file_share" || len(ev.Message.Files) != 1 || ev.Message.Files[0].Name != "shot.png" || !strings.HasPrefix(ev.Message.Files[0].URLPrivate, s.URL()) {
		t.Errorf("%+v", ev)
	}
	c := s.AddChannel(Channel{Shared: true, Members: []string{BotUser, Customer}})
	say(t, s, Said{Channel: c, Files: []string{id}, Text: "look"})
	ev, _ = inner(t, next(t, events)).(*slackevents.MessageEvent)
	if f := ev.Message.Files[0]; f.FileAccess != "check_file_info" || f.Name != "" || f.ID != id {
		t.Errorf("%+v", f)
	}
}
