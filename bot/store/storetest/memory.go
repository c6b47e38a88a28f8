package storetest

import (
	"testing"
	"time"

	"latchkey/bot/store"
)

func testMemory(t *testing.T, open Open) {
	s := open(t, "a")
	recall := func(scope, key string, now time.Time) string {
		var v string
		view(t, s, func(tx store.Tx) error {
			b, err := tx.Recall(scope, key, now)
			if err == store.ErrNotFound {
				v = "nothing"
				return nil
			}
			v = string(b)
			return err
		})
		return v
	}
	same(t, "before", recall("slack", "k", t0), "nothing")
	update(t, s, func(tx store.Tx) error { return tx.Remember("slack", "k", []byte("one"), time.Time{}) })
	same(t, "kept", recall("slack", "k", at(1000*time.Hour)), "one")
	same(t, "another scope", recall("telegram", "k", t0), "nothing")
	update(t, s, func(tx store.Tx) error { return tx.Remember("slack", "k", []byte("two"), at(time.Minute)) })
	same(t, "replaced", recall("slack", "k", t0), "two")
	same(t, "over", recall("slack", "k", at(time.Minute)), "nothing")
	update(t, s, func(tx store.Tx) error { return tx.Remember("slack", "ever", []byte{}, time.Time{}) })
	same(t, "an empty value is one", recall("slack", "ever", t0), "")
	update(t, s, func(tx store.Tx) error {
		n, err := tx.Forget(at(time.Minute))
		same(t, "forgotten", n, 1)
		return err
	})
	same(t, "not forgotten", recall("slack", "ever", t0), "")
	update(t, s, func(tx store.Tx) error { return tx.Remember("slack", "ever", nil, time.Time{}) })
	same(t, "taken away", recall("slack", "ever", t0), "nothing")
}

func testDeadLetters(t *testing.T, open Open) {
	s := open(t, "a")
	update(t, s, func(tx store.Tx) error {
		return tx.Bury(store.DeadLetter{Channel: "slack", Key: "e1", Body: "{", Reason: "no JSON", At: t0})
	})
	update(t, s, func(tx store.Tx) error { // again, and on another channel
		if err := tx.Bury(store.DeadLetter{Channel: "slack", Key: "e1", Body: "x", Reason: "y", At: at(time.Hour)}); err != nil {
			return err
		}
		return tx.Bury(store.DeadLetter{Channel: "telegram", Key: "e1", Body: "[", Reason: "no JSON", At: at(time.Minute)})
	})
	view(t, s, func(tx store.Tx) error {
		ds, err := tx.Buried(0, 10)
		if err != nil {
			return err
		}
		if len(ds) != 2 || ds[0].Body != "{" || ds[0].Reason != "no JSON" || !ds[0].At.Equal(t0) || ds[1].Channel != "telegram" {
			t.Fatalf("dead letters: %+v", ds)
		}
		rest, err := tx.Buried(ds[0].ID, 10)
		same(t, "after the first", len(rest), 1)
		return err
	})
}
