package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"time"

	api "github.com/slack-go/slack"

	"latchkey/bot"
)

// person is what Slack knows of a user.
type person struct {
	Name   string `json:"name"`
	Locale string `json:"locale"` // ru-RU
	at     time.Time
}

const (
	personFor  = 24 * time.Hour
	personTime = time.Second
	maxPeople  = 20_000
)

// person looks a user up, at most once a day. Without an answer soon nothing
// is known, and nothing is lost by that.
func (c *Channel) person(ctx context.Context, user string) person {
	if user == "" {
		return person{}
	}
	c.mu.Lock()
	p, ok := c.people[user]
	c.mu.Unlock()
	if ok && time.Since(p.at) < personFor {
		return p
	}
	ctx, cancel := context.WithTimeout(ctx, personTime)
	defer cancel()
	u, err := c.api.GetUserInfoContext(ctx, user)
	if err != nil {
		return p
	}
	p = person{Name: u.RealName, Locale: u.Locale, at: time.Now()}
	if p.Name == "" {
		p.Name = u.Name
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.people) >= maxPeople {
		clear(c.people)
	}
	c.people[user] = p
	return p
}

// dm is the direct message with a user.
func (c *Channel) dm(ctx context.Context, team, user string) (string, error) {
	if v, err := c.o.Memory.Recall(ctx, dmKey(team, user)); err != nil || v != nil {
		return string(v), err
	}
	ctx, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	ch, _, _, err := c.api.OpenConversationContext(ctx, &api.OpenConversationParameters{Users: []string{user}})
	if err != nil {
		return "", fmt.Errorf("open the direct message: %w", err)
	}
	return ch.ID, c.o.Memory.Remember(ctx, dmKey(team, user), []byte(ch.ID), 0)
}

// tell shows a user something that nobody else sees.
func (c *Channel) tell(p place, user string, say func(words) string) {
	c.beside("notice", func(ctx context.Context) error {
		opts := []api.MsgOption{api.MsgOptionText(say(in(c.person(ctx, user).Locale)), false)}
		if p.thread != "" {
			opts = append(opts, api.MsgOptionTS(p.thread))
		}
		_, err := c.api.PostEphemeralContext(ctx, p.channel, user, opts...)
		return err
	})
}

// freeze puts the chosen option into the message in place of the buttons. When
// Slack does not take the blocks the words alone are updated; a second message
// is never posted.
func (c *Channel) freeze(ctx context.Context, p place, i interaction) error {
	_, chosen := i.Actions[0].chosen()
	var all []json.RawMessage
	if err := json.Unmarshal(i.Message.Blocks, &all); err != nil {
		return fmt.Errorf("read the message's blocks: %w", err)
	}
	var kept api.Blocks
	for _, raw := range all {
		var head struct {
			Type string `json:"type"`
		}
		if err := json.Unmarshal(raw, &head); err != nil || head.Type == "actions" {
			continue
		}
		var one api.Blocks
		if err := json.Unmarshal([]byte("["+string(raw)+"]"), &one); err == nil {
			kept.BlockSet = append(kept.BlockSet, one.BlockSet...)
		}
	}
	kept.BlockSet = append(kept.BlockSet, note("✓ "+escape(tame(clip(chosen, maxButton)))))
	text := i.Message.Text
	_, _, _, err := c.api.UpdateMessageContext(ctx, p.channel, i.Message.TS, api.MsgOptionText(text, false), api.MsgOptionBlocks(kept.BlockSet...))
	if is(err, "invalid_blocks", "msg_blocks_too_long") {
		_, _, _, err = c.api.UpdateMessageContext(ctx, p.channel, i.Message.TS, api.MsgOptionText(text+"\n✓ "+escape(chosen), false), api.MsgOptionBlocks([]api.Block{}...))
	}
	return err
}

// Typing implements channel.Typer: the status line of the assistant pane. Other
// places have none.
func (c *Channel) Typing(ctx context.Context, id bot.ConversationID) error {
	p, err := placeOf(id)
	if err != nil || p.thread == "" || p.channel[0] != 'D' {
		return err
	}
	return c.api.SetAssistantThreadsStatusContext(ctx, api.AssistantThreadsSetStatusParameters{
		ChannelID: p.channel, ThreadTS: p.thread, Status: in("").status,
	})
}

// maxPrompts is Slack's (https://docs.slack.dev/reference/methods/assistant.threads.setSuggestedPrompts).
const maxPrompts = 4

// prompt names the new thread and offers what people ask most.
func (c *Channel) prompt(ctx context.Context, p place, user string) error {
	locale := c.person(ctx, user).Locale
	look := c.o.Look(locale)
	params := api.AssistantThreadsSetSuggestedPromptsParameters{ChannelID: p.channel, ThreadTS: p.thread, Title: in(locale).ask}
	for _, f := range look.Flows[:min(len(look.Flows), maxPrompts)] {
		params.Prompts = append(params.Prompts, api.AssistantThreadsPrompt{Title: f.Title, Message: f.Title})
	}
	if len(params.Prompts) > 0 {
		if err := c.api.SetAssistantThreadsSuggestedPromptsContext(ctx, params); err != nil {
			return err
		}
	}
	return c.api.SetAssistantThreadsTitleContext(ctx, api.AssistantThreadsSetTitleParameters{ChannelID: p.channel, ThreadTS: p.thread, Title: look.Title})
}

// homeFlows is how many flows the Home tab offers, homeRow how many in a row.
const homeFlows, homeRow = 20, 5

// publishHome shows a user's Home tab: the flows, the language, the open case.
func (c *Channel) publishHome(ctx context.Context, team, user, dm string) error {
	locale := c.person(ctx, user).Locale
	w, look := in(locale), c.o.Look(locale)
	blocks := []api.Block{
		api.NewHeaderBlock(label(look.Title, 150)),
		api.NewSectionBlock(api.NewTextBlockObject(api.MarkdownType, escape(w.home), false, false), nil, nil),
	}
	var row []api.BlockElement
	for i, f := range look.Flows[:min(len(look.Flows), homeFlows)] {
		row = append(row, api.NewButtonBlockElement(flowID, f.Link, label(f.Title, maxButton)))
		if len(row) == homeRow || i == min(len(look.Flows), homeFlows)-1 {
			for n, e := range row { // ids differ within a block
				e.(*api.ButtonBlockElement).ActionID = fmt.Sprintf("%s_%d", flowID, n)
			}
			blocks = append(blocks, api.NewActionBlock("", row...))
			row = nil
		}
	}
	if c.o.Ticket != nil {
		if dm == "" {
			dm, _ = c.dm(ctx, team, user)
		}
		line := w.none
		if t, err := c.o.Ticket(ctx, place{team: team, channel: dm}.id()); err != nil {
			return err
		} else if t != "" {
			line = fmt.Sprintf(w.ticket, t)
		}
		blocks = append(blocks, api.NewDividerBlock(), note(escape(line)))
	}
	if len(look.Languages) > 1 {
		var options []*api.OptionBlockObject
		for _, l := range look.Languages {
			options = append(options, api.NewOptionBlockObject(l, label(l, maxOption), nil))
		}
		blocks = append(blocks, api.NewActionBlock("", api.NewOptionsSelectBlockElement(api.OptTypeStatic, label(w.language, maxOption), languageID, options...)))
	}
	_, err := c.api.PublishViewContext(ctx, api.PublishViewContextRequest{
		UserID: user, View: api.HomeTabViewRequest{Type: api.VTHomeTab, Blocks: api.Blocks{BlockSet: blocks}},
	})
	return err
}

// pictures puts the pack's pictures below a message. They are a help to the
// words, which say the same: one that fails is let go.
func (c *Channel) pictures(p place, m bot.Outgoing) {
	for _, x := range m.Message.Media {
		if x.Path == "" || x.Kind != bot.MediaImage && x.Kind != bot.MediaVideo {
			continue
		}
		c.beside("picture", func(ctx context.Context) error {
			data, err := fs.ReadFile(c.o.Look("").Media, x.Path)
			if err != nil {
				return err
			}
			_, err = c.api.UploadFileContext(ctx, api.UploadFileParameters{
				Filename: path.Base(x.Path), FileSize: len(data), Reader: bytes.NewReader(data), AltTxt: clip(x.Alt, 1000), Title: clip(x.Alt, 200),
				Channel: p.channel, ThreadTimestamp: p.thread,
			})
			return err
		})
	}
}
