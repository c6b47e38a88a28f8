package storetest

import (
	"testing"
	"time"

	"latchkey/bot"
	"latchkey/bot/store"
)

func testInbox(t *testing.T, open Open) {
	s := open(t, "a")
	first := receive(t, s, text("c1", "k1", "hello", t0))
	second := receive(t, s, text("c1", "k2", "again", t0))
	other := receive(t, s, text("c2", "k3", "elsewhere", t0))
	if second <= first {
		t.Errorf("ids do not rise: %d, %d", first, second)
	}
	t.Run("Repeat", func(t *testing.T) {
		update(t, s, func(tx store.Tx) error {
			id, fresh, err := tx.Receive(text("c1", "k1", "something else", at(time.Hour)))
			same(t, "id", id, first)
			same(t, "fresh", fresh, false)
			return err
		})
		update(t, s, func(tx store.Tx) error { // the same key on another channel is another event
			in := text("c9", "k1", "x", t0)
			in.Channel = "other"
			_, fresh, err := tx.Receive(in)
			same(t, "fresh", fresh, true)
			return err
		})
	})
	pending := func(c bot.ConversationID, limit int) []int64 {
		var ids []int64
		view(t, s, func(tx store.Tx) error {
			rs, err := tx.Pending(c, limit)
			for _, r := range rs {
				ids = append(ids, r.ID)
			}
			return err
		})
		return ids
	}
	t.Run("Pending", func(t *testing.T) {
		list(t, "pending", pending("c1", 10), first, second)
		list(t, "limited", pending("c1", 1), first)
		list(t, "unknown", pending("nobody", 10))
		view(t, s, func(tx store.Tx) error {
			rs, err := tx.Pending("c1", 1)
			if len(rs) == 1 {
				same(t, "text", rs[0].Event.Text, "hello")
				same(t, "key", rs[0].Key, "k1")
				same(t, "received", rs[0].ReceivedAt.UTC(), t0)
			}
			return err
		})
	})
	t.Run("Done", func(t *testing.T) {
		update(t, s, func(tx store.Tx) error { return tx.Done(first) })
		list(t, "pending", pending("c1", 10), second)
		refused(t, s, store.ErrUsed, func(tx store.Tx) error { return tx.Done(first) })
		refused(t, s, store.ErrUsed, func(tx store.Tx) error { return tx.Done(second, first) })
		list(t, "nothing half done", pending("c1", 10), second)
		update(t, s, func(tx store.Tx) error {
			_, fresh, err := tx.Receive(text("c1", "k1", "hello", t0))
			same(t, "a used event is still known", fresh, false)
			return err
		})
	})
	t.Run("Fail", func(t *testing.T) {
		update(t, s, func(tx store.Tx) error { return tx.Fail(second, at(time.Minute), false, "broken") })
		view(t, s, func(tx store.Tx) error {
			rs, err := tx.Pending("c1", 10)
			if err == nil && (len(rs) != 1 || rs[0].Tries != 1 || !rs[0].Next.Equal(at(time.Minute))) {
				t.Errorf("after a failure: %+v", rs)
			}
			return err
		})
		waiting := func(now time.Time) []bot.ConversationID {
			var out []bot.ConversationID
			view(t, s, func(tx store.Tx) error {
				var err error
				out, err = tx.Waiting("n1", now, 10)
				return err
			})
			return out
		}
		list(t, "put off", waiting(t0), "c2", "c9")
		list(t, "due", waiting(at(time.Minute)), "c1", "c2", "c9")
		third := receive(t, s, text("c1", "k4", "later", t0))
		list(t, "a later event does not overtake", waiting(t0), "c2", "c9")
		update(t, s, func(tx store.Tx) error { return tx.Fail(second, time.Time{}, true, "broken for good") })
		list(t, "quarantined", pending("c1", 10), third)
		lease(t, s, "c2", "n2", t0)
		list(t, "leased elsewhere", waiting(t0), "c9", "c1")
		list(t, "lease run out", waiting(at(15*time.Second)), "c2", "c9", "c1")
		update(t, s, func(tx store.Tx) error { return tx.Done(other) })
	})
}

func testTurns(t *testing.T, open Open) {
	s := open(t, "a")
	c := lease(t, s, "c1", "n1", t0)
	for i := int64(1); i <= 5; i++ {
		c.Seq, c.Release, c.State, c.Lang, c.Control, c.Name = i, "rel", []byte(`{"a":1}`), "ru", "waiting", "Name"
		update(t, s, func(tx store.Tx) error {
			if err := tx.Save(c, at(time.Duration(i)*time.Second)); err != nil {
				return err
			}
			return tx.AddTurn(store.Turn{Conversation: "c1", Seq: i, At: at(time.Duration(i) * time.Microsecond), Release: "rel", Control: "human", Event: []byte("{}"), Effects: []byte("[]")})
		})
	}
	view(t, s, func(tx store.Tx) error {
		ts, err := tx.Turns("c1", 2, 2)
		if err == nil && (len(ts) != 2 || ts[0].Seq != 3 || ts[1].Seq != 4 || !ts[0].At.Equal(at(3*time.Microsecond)) || ts[0].Control != "human" || string(ts[0].Effects) != "[]") {
			t.Errorf("turns: %+v", ts)
		}
		got, err2 := tx.Conversation("c1")
		if got.Seq != 5 || got.Release != "rel" || string(got.State) != `{"a":1}` || got.Lang != "ru" || got.Control != "waiting" || got.Name != "Name" || got.Customer != "cust" || !got.UpdatedAt.Equal(at(5*time.Second)) || !got.CreatedAt.Equal(t0) {
			t.Errorf("conversation: %+v", got)
		}
		if _, err := tx.Conversation("nobody"); err != store.ErrNotFound {
			t.Errorf("unknown conversation: %v", err)
		}
		return first(err, err2)
	})
	refused(t, s, store.ErrFenced, func(tx store.Tx) error {
		return tx.AddTurn(store.Turn{Conversation: "c1", Seq: 5, At: t0, Release: "rel", Event: []byte("{}"), Effects: []byte("[]")})
	})
	stale := c
	stale.Seq = 4
	refused(t, s, store.ErrFenced, func(tx store.Tx) error { return tx.Save(stale, t0) })
	lease(t, s, "c2", "n1", at(time.Hour))
	view(t, s, func(tx store.Tx) error {
		cs, err := tx.Recent(1)
		if err == nil && (len(cs) != 1 || cs[0].ID != "c2") {
			t.Errorf("recent: %+v", cs)
		}
		return err
	})
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func testOutbox(t *testing.T, open Open) {
	s := open(t, "a")
	lease(t, s, "c1", "n1", t0)
	enqueue := func(c bot.ConversationID, token string, st store.DeliveryStatus) int64 {
		var id int64
		update(t, s, func(tx store.Tx) error {
			var err error
			id, err = tx.Enqueue(store.Delivery{Conversation: c, Channel: "fake", Turn: 7, Author: "", Message: []byte(`{"text":"x"}`), Token: token, Status: st, Attempted: t0, CreatedAt: t0})
			return err
		})
		return id
	}
	a, b, x := enqueue("c1", "tok-a", store.Sending), enqueue("c1", "", store.Queued), enqueue("c2", "", store.Queued)
	queue := func(c bot.ConversationID) []int64 {
		var ids []int64
		view(t, s, func(tx store.Tx) error {
			ds, err := tx.Queue(c, 10)
			for _, d := range ds {
				ids = append(ids, d.ID)
			}
			return err
		})
		return ids
	}
	unsent := func(now time.Time) []bot.ConversationID {
		var out []bot.ConversationID
		view(t, s, func(tx store.Tx) error {
			var err error
			out, err = tx.Unsent("n1", now, 10)
			return err
		})
		return out
	}
	list(t, "queue", queue("c1"), a, b)
	list(t, "unsent", unsent(t0), "c1", "c2")
	update(t, s, func(tx store.Tx) error {
		return tx.Settle(store.Delivery{ID: a, Status: store.Queued, Tries: 3, Next: at(time.Minute), Attempted: t0, Error: "busy"})
	})
	list(t, "the head waits, and all behind it", unsent(t0), "c2")
	list(t, "due again", unsent(at(time.Minute)), "c2", "c1")
	view(t, s, func(tx store.Tx) error {
		d, err := tx.Pressed("tok-a")
		if err == nil && (d.ID != a || d.Tries != 3 || d.Error != "busy" || !d.Next.Equal(at(time.Minute)) || d.Turn != 7 || d.Conversation != "c1" || string(d.Message) != `{"text":"x"}`) {
			t.Errorf("pressed: %+v", d)
		}
		for _, bad := range []string{"", "tok", "tok-a.0", "tok-b"} {
			if _, err := tx.Pressed(bad); err != store.ErrNotFound {
				t.Errorf("token %q: %v", bad, err)
			}
		}
		return err
	})
	update(t, s, func(tx store.Tx) error {
		return tx.Settle(store.Delivery{ID: a, Status: store.Sent, Platform: "p1", SettledAt: at(time.Second), Attempted: t0, Tries: 4})
	})
	update(t, s, func(tx store.Tx) error {
		return tx.Settle(store.Delivery{ID: x, Status: store.Failed, SettledAt: at(time.Second), Error: "blocked"})
	})
	update(t, s, func(tx store.Tx) error { return tx.Settle(store.Delivery{ID: b, Status: store.Uncertain, Tries: 1}) })
	list(t, "an uncertain message is still to be sent", queue("c1"), b)
	list(t, "a failed one is not", queue("c2"))
	view(t, s, func(tx store.Tx) error {
		ds, err := tx.Deliveries("c1", 0, 10)
		if err == nil && (len(ds) != 2 || ds[0].Status != store.Sent || ds[0].Platform != "p1" || ds[1].Status != store.Uncertain) {
			t.Errorf("deliveries: %+v", ds)
		}
		ds, err2 := tx.Deliveries("c1", a, 10)
		if err2 == nil && (len(ds) != 1 || ds[0].ID != b) {
			t.Errorf("deliveries after: %+v", ds)
		}
		return first(err, err2)
	})
	refused(t, s, store.ErrNotFound, func(tx store.Tx) error { return tx.Settle(store.Delivery{ID: 999999, Status: store.Sent}) })
	if err := s.Update(t.Context(), func(tx store.Tx) error {
		_, err := tx.Enqueue(store.Delivery{Conversation: "c1", Status: "lost"})
		return err
	}); err == nil {
		t.Error("a status that does not exist was taken")
	}
	update(t, s, func(tx store.Tx) error { return tx.Unreachable("c1", "blocked") })
	view(t, s, func(tx store.Tx) error {
		c, err := tx.Conversation("c1")
		same(t, "unreachable", c.Unreachable, "blocked")
		return err
	})
}

func testTimers(t *testing.T, open Open) {
	s := open(t, "a")
	lease(t, s, "c1", "n1", t0)
	update(t, s, func(tx store.Tx) error {
		return first(
			tx.Arm("c1", bot.Timer{Name: "idle", Nonce: 1, At: at(time.Minute)}),
			tx.Arm("c1", bot.Timer{Name: "action", Nonce: 2, At: at(time.Second)}),
			tx.Arm("c1", bot.Timer{Name: "idle", Nonce: 3, At: at(time.Hour)}), // replaces the first
			tx.Arm("gone", bot.Timer{Name: "idle", Nonce: 9, At: at(2 * time.Hour)}),
		)
	})
	due := func(now time.Time, limit int) []int {
		var out []int
		update(t, s, func(tx store.Tx) error {
			ds, err := tx.Due(now, limit)
			for _, d := range ds {
				out = append(out, d.Timer.Nonce)
				if d.Conversation.ID == "c1" && (d.Conversation.Channel != "fake" || d.Conversation.Customer != "cust") {
					t.Errorf("due timer lacks its conversation: %+v", d)
				}
			}
			return err
		})
		return out
	}
	list(t, "too early", due(t0, 10))
	list(t, "one", due(at(time.Minute), 10), 2)
	list(t, "all, earliest first", due(at(3*time.Hour), 10), 2, 3, 9)
	list(t, "limited", due(at(3*time.Hour), 2), 2, 3)
	update(t, s, func(tx store.Tx) error { return first(tx.Disarm("c1", "action"), tx.Disarm("c1", "never set")) })
	list(t, "disarmed", due(at(3*time.Hour), 10), 3, 9)
}

func testTickets(t *testing.T, open Open) {
	s := open(t, "a")
	mk := func(id bot.TicketID, c bot.ConversationID, queue string, when time.Time) store.Ticket {
		var out store.Ticket
		update(t, s, func(tx store.Tx) error {
			var err error
			out, err = tx.OpenTicket(store.Ticket{ID: id, Conversation: c, Customer: "cust", Channel: "fake", State: "queued", Version: 1, Queue: queue, Reason: "asked_human", Lang: "en", Packet: []byte(`{"goal":"g"}`), CreatedAt: when, QueuedAt: when},
				store.TicketEvent{Ticket: id, Kind: "ticket.queued", Actor: "bot", At: when})
			return err
		})
		return out
	}
	a, b := mk("A", "c1", "access", at(time.Minute)), mk("B", "c2", "security", t0)
	if b.No != a.No+1 {
		t.Errorf("numbers do not rise by one: %d, %d", a.No, b.No)
	}
	tickets := func(f store.TicketFilter) []bot.TicketID {
		var out []bot.TicketID
		view(t, s, func(tx store.Tx) error {
			ts, err := tx.Tickets(f)
			for _, k := range ts {
				out = append(out, k.ID)
			}
			return err
		})
		return out
	}
	list(t, "in the order of the queue", tickets(store.TicketFilter{}), "B", "A")
	list(t, "by queue", tickets(store.TicketFilter{Queue: "access"}), "A")
	list(t, "by state", tickets(store.TicketFilter{States: []string{"active", "resolved"}}))
	list(t, "by conversation and state", tickets(store.TicketFilter{Conversation: "c2", States: []string{"queued", "active"}}), "B")
	claim := a
	claim.State, claim.Assignee, claim.Version, claim.Epoch, claim.ClaimedAt, claim.LeaseUntil = "active", "ada", 2, 1, at(time.Hour), at(2*time.Hour)
	update(t, s, func(tx store.Tx) error {
		return tx.ChangeTicket(claim, store.TicketEvent{Ticket: "A", Kind: "ticket.claimed", Actor: "ada", At: at(time.Hour), Data: []byte("{}")})
	})
	rival := claim
	rival.Assignee = "bob"
	refused(t, s, store.ErrConflict, func(tx store.Tx) error {
		return tx.ChangeTicket(rival, store.TicketEvent{Ticket: "A", Kind: "ticket.claimed", Actor: "bob", At: at(time.Hour)})
	})
	view(t, s, func(tx store.Tx) error {
		k, err := tx.Ticket("A")
		if err == nil && (k.Assignee != "ada" || k.Version != 2 || k.Epoch != 1 || !k.ClaimedAt.Equal(at(time.Hour)) || string(k.Packet) != `{"goal":"g"}`) {
			t.Errorf("ticket: %+v", k)
		}
		byNo, err2 := tx.TicketNo(a.No)
		same(t, "by number", byNo.ID, "A")
		evs, err3 := tx.TicketEvents("A", 0, 10)
		if len(evs) != 2 || evs[0].Kind != "ticket.queued" || evs[0].Seq != 1 || evs[1].Actor != "ada" || evs[1].Seq != 2 {
			t.Errorf("history of one ticket: %+v", evs)
		}
		all, err4 := tx.TicketEvents("", 0, 10)
		if len(all) != 3 || all[0].ID >= all[1].ID || all[1].ID >= all[2].ID {
			t.Errorf("history of all: %+v", all)
		}
		if _, err := tx.Ticket("nobody"); err != store.ErrNotFound {
			t.Errorf("unknown ticket: %v", err)
		}
		if _, err := tx.TicketNo(99999); err != store.ErrNotFound {
			t.Errorf("unknown number: %v", err)
		}
		return first(err, err2, err3, err4)
	})
	list(t, "by assignee", tickets(store.TicketFilter{Assignee: "ada"}), "A")
}

func testReleases(t *testing.T, open Open) {
	s := open(t, "a")
	view(t, s, func(tx store.Tx) error {
		if _, err := tx.Current(); err != store.ErrNotFound {
			t.Errorf("current before the first: %v", err)
		}
		return nil
	})
	publish := func(hash string, when time.Time) {
		update(t, s, func(tx store.Tx) error {
			return tx.Publish(store.Release{Hash: hash, Archive: []byte("zip of " + hash), At: when})
		})
	}
	publish("r1", t0)
	publish("r2", at(time.Minute))
	publish("r3", at(2*time.Minute))
	publish("r1", at(3*time.Minute)) // back to an older one
	view(t, s, func(tx store.Tx) error {
		cur, err := tx.Current()
		same(t, "current", cur, "r1")
		r, err2 := tx.Release("r2")
		same(t, "archive", string(r.Archive), "zip of r2")
		if _, err := tx.Release("r9"); err != store.ErrNotFound {
			t.Errorf("unknown release: %v", err)
		}
		return first(err, err2)
	})
	c := lease(t, s, "c1", "n1", t0)
	c.Seq, c.Release = 1, "r2"
	update(t, s, func(tx store.Tx) error { return tx.Save(c, at(time.Hour)) })
	update(t, s, func(tx store.Tx) error {
		n, err := tx.Prune(at(time.Minute))
		same(t, "pruned", n, 1) // r3: r1 is current, r2 is used
		return err
	})
	view(t, s, func(tx store.Tx) error {
		_, err := tx.Release("r2")
		if _, gone := tx.Release("r3"); gone != store.ErrNotFound {
			t.Errorf("r3 was kept: %v", gone)
		}
		return err
	})
}
