package telegram

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// menus keeps the list of commands, which Telegram shows behind the menu
// button, like the pack's, until ctx ends.
func (a *Channel) menus(ctx context.Context) {
	said := ""
	for {
		one, cancel := context.WithTimeout(ctx, 30*time.Second)
		err := a.setMenus(one)
		cancel()
		if ctx.Err() != nil {
			return
		}
		if err != nil && err.Error() != said {
			said = err.Error()
			a.o.Log.Warn("the list of commands is not up to date", "channel", Name, "err", a.reason(err))
		}
		if sleep(ctx, a.pauses.watch) != nil {
			return
		}
	}
}

// menu is the list for one kind of chat and language; "" is every other one.
type menu struct {
	group    bool
	lang     string
	commands []models.BotCommand
}

// list makes the lists of a pack, in a fixed order.
func list(l Look) []menu {
	langs := map[string]bool{}
	for _, c := range l.Commands {
		for lang := range c.About {
			langs[lang] = true
		}
	}
	var out []menu
	for _, group := range []bool{false, true} {
		for _, lang := range slices.Sorted(maps.Keys(langs)) {
			m := menu{group: group, lang: lang}
			if lang == l.Base {
				m.lang = ""
			}
			for _, c := range l.Commands {
				about := c.About[lang]
				if about == "" {
					about = c.About[l.Base]
				}
				if about != "" && (c.Group || !group) && len(m.commands) < 100 {
					m.commands = append(m.commands, models.BotCommand{Command: c.Name, Description: clip(about, 256)})
				}
			}
			if len(m.commands) > 0 && (m.lang == "" || len(m.lang) == 2) { // two letters is all that Telegram knows
				out = append(out, m)
			}
		}
	}
	return out
}

// setMenus tells Telegram the lists, unless they are what it was told last.
func (a *Channel) setMenus(ctx context.Context) error {
	lists := list(a.look())
	a.mu.Lock()
	me := a.me
	a.mu.Unlock()
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %+v", me.id, lists))
	mark := hex.EncodeToString(sum[:8])
	if v, err := a.o.Memory.Recall(ctx, "menus"); err != nil || string(v) == mark {
		return err
	}
	for _, m := range lists {
		p := &tg.SetMyCommandsParams{Commands: m.commands, LanguageCode: m.lang, Scope: &models.BotCommandScopeAllPrivateChats{}}
		if m.group {
			p.Scope = &models.BotCommandScopeAllGroupChats{}
		}
		if _, err := a.api.SetMyCommands(ctx, p); err != nil {
			return fmt.Errorf("set the commands: %w", err)
		}
	}
	if _, err := a.api.SetChatMenuButton(ctx, &tg.SetChatMenuButtonParams{MenuButton: &models.MenuButtonCommands{Type: models.MenuButtonTypeCommands}}); err != nil {
		return fmt.Errorf("set the menu button: %w", err)
	}
	return a.o.Memory.Remember(ctx, "menus", []byte(mark), 0)
}
