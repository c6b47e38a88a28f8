package telegram

import (
	"context"
	"fmt"
	"strconv"
)

// chats knows the groups that became supergroups. Telegram gives those a new
// id; a conversation keeps the name it began with
// (https://core.telegram.org/bots/api#responseparameters).
type chats struct {
	memory Memory
	now    *recent[int64, int64] // old id -> present id
	was    *recent[int64, int64] // present id -> old id, the same when it never moved
}

func newChats(m Memory) *chats {
	return &chats{memory: m, now: newRecent[int64, int64](4096), was: newRecent[int64, int64](4096)}
}

// moved remembers a group's new id, before anything is sent there.
func (c *chats) moved(ctx context.Context, from, to int64) error {
	for key, v := range map[string]int64{"now:" + strconv.FormatInt(from, 10): to, "was:" + strconv.FormatInt(to, 10): from} {
		if err := c.memory.Remember(ctx, key, strconv.AppendInt(nil, v, 10), 0); err != nil {
			return fmt.Errorf("remember that a group has moved: %w", err)
		}
	}
	c.now.put(from, to)
	c.was.put(to, from)
	return nil
}

// inbound gives a place the chat id that its conversation began with.
func (c *chats) inbound(ctx context.Context, p place) (place, error) {
	if !p.group() {
		return p, nil
	}
	id, err := c.look(ctx, c.was, "was:", p.chat)
	p.chat = id
	return p, err
}

// outbound gives a place the chat id that it has now.
func (c *chats) outbound(ctx context.Context, p place) (place, error) {
	if !p.group() {
		return p, nil
	}
	id, err := c.look(ctx, c.now, "now:", p.chat)
	p.chat = id
	return p, err
}

func (c *chats) look(ctx context.Context, known *recent[int64, int64], prefix string, id int64) (int64, error) {
	if v, ok := known.get(id); ok {
		return v, nil
	}
	v, err := c.memory.Recall(ctx, prefix+strconv.FormatInt(id, 10))
	if err != nil {
		return 0, fmt.Errorf("recall where a group has moved: %w", err)
	}
	other := id
	if len(v) > 0 {
		if other, err = strconv.ParseInt(string(v), 10, 64); err != nil {
			return 0, fmt.Errorf("recall where a group has moved: %w", err)
		}
	}
	known.put(id, other)
	return other, nil
}
