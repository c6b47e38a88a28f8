package telegram

import "sync"

// recent remembers up to twice a number of newest entries. What falls out is
// only ever a convenience: nothing depends on it.
type recent[K comparable, V any] struct {
	most int

	mu       sync.Mutex
	new, old map[K]V
}

func newRecent[K comparable, V any](most int) *recent[K, V] {
	return &recent[K, V]{most: most, new: map[K]V{}}
}

func (r *recent[K, V]) put(k K, v V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.new) >= r.most {
		r.old, r.new = r.new, map[K]V{}
	}
	r.new[k] = v
}

func (r *recent[K, V]) get(k K) (V, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.new[k]
	if !ok {
		v, ok = r.old[k]
	}
	return v, ok
}

// take returns an entry and forgets it.
func (r *recent[K, V]) take(k K) (V, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.new[k]
	if !ok {
		v, ok = r.old[k]
	}
	delete(r.new, k)
	delete(r.old, k)
	return v, ok
}

// first is true for the first call with a key.
func (r *recent[K, V]) first(k K, v V) bool {
	if _, ok := r.get(k); ok {
		return false
	}
	r.put(k, v)
	return true
}
