package sim

// heap is a binary min-heap of agents by one number each, with removal and
// change of any entry in O(log n). The zero value is empty and ready to use.
type heap struct {
	entries []entry
	// at holds, by agent, its place in entries plus one; 0 means absent.
	at []int32
}

type entry struct {
	key   float64
	agent int32
}

// set inserts the agent, or moves it to its new key.
func (h *heap) set(agent int32, key float64) {
	for int(agent) >= len(h.at) {
		h.at = append(h.at, 0)
	}
	i := int(h.at[agent]) - 1
	if i < 0 {
		i = len(h.entries)
		h.entries = append(h.entries, entry{})
	}
	h.place(i, entry{key, agent})
	h.down(h.up(i))
}

// remove takes the agent out; an absent agent is no error.
func (h *heap) remove(agent int32) {
	if int(agent) >= len(h.at) || h.at[agent] == 0 {
		return
	}
	i, last := int(h.at[agent])-1, len(h.entries)-1
	h.at[agent] = 0
	moved := h.entries[last]
	h.entries = h.entries[:last]
	if i < last {
		h.place(i, moved)
		h.down(h.up(i))
	}
}

// popUpTo removes and returns the agent with the least key if that key is at
// most limit.
func (h *heap) popUpTo(limit float64) (agent int32, ok bool) {
	if len(h.entries) == 0 || h.entries[0].key > limit {
		return 0, false
	}
	agent = h.entries[0].agent
	h.remove(agent)
	return agent, true
}

func (h *heap) place(i int, e entry) {
	h.entries[i] = e
	h.at[e.agent] = int32(i) + 1
}

func (h *heap) up(i int) int {
	e := h.entries[i]
	for i > 0 {
		parent := (i - 1) / 2
		if h.entries[parent].key <= e.key {
			break
		}
		h.place(i, h.entries[parent])
		i = parent
	}
	h.place(i, e)
	return i
}

func (h *heap) down(i int) {
	e := h.entries[i]
	for {
		child := 2*i + 1
		if child >= len(h.entries) {
			break
		}
		if child+1 < len(h.entries) && h.entries[child+1].key < h.entries[child].key {
			child++
		}
		if h.entries[child].key >= e.key {
			break
		}
		h.place(i, h.entries[child])
		i = child
	}
	h.place(i, e)
}
