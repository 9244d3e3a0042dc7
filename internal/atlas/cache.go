package atlas

import (
	"container/list"
	"iter"
)

// cache remembers values by key up to a size in bytes, and forgets the least
// recently used first. It is not safe for concurrent use.
type cache[K comparable, V any] struct {
	limit, size int
	byKey       map[K]*list.Element
	recent      *list.List // of entry[K, V], most recent first
}

type entry[K comparable, V any] struct {
	key   K
	value V
	size  int
}

func newCache[K comparable, V any](limit int) cache[K, V] {
	return cache[K, V]{limit: limit, byKey: map[K]*list.Element{}, recent: list.New()}
}

func (c *cache[K, V]) get(key K) (value V, ok bool) {
	e, ok := c.byKey[key]
	if !ok {
		return value, false
	}
	c.recent.MoveToFront(e)
	return e.Value.(entry[K, V]).value, true
}

func (c *cache[K, V]) put(key K, value V, size int) {
	c.drop(key)
	c.byKey[key] = c.recent.PushFront(entry[K, V]{key, value, size})
	c.size += size
	for c.size > c.limit && c.recent.Len() > 1 {
		c.drop(c.recent.Back().Value.(entry[K, V]).key)
	}
}

func (c *cache[K, V]) drop(key K) {
	if e, ok := c.byKey[key]; ok {
		c.size -= e.Value.(entry[K, V]).size
		c.recent.Remove(e)
		delete(c.byKey, key)
	}
}

// all yields what is remembered, in no order; dropping it meanwhile is allowed.
func (c *cache[K, V]) all() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for key, e := range c.byKey {
			if !yield(key, e.Value.(entry[K, V]).value) {
				return
			}
		}
	}
}
