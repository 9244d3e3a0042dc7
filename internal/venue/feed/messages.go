package feed

import (
	"encoding/json"
	"slices"
)

// Messages cuts the arguments of subscriptions into messages of at most most,
// and writes as JSON what say makes of each part.
func Messages[A any](args []A, most int, say func(part []A) any) (messages [][]byte) {
	for part := range slices.Chunk(args, most) {
		text, err := json.Marshal(say(part))
		if err != nil {
			panic("BUG: " + err.Error())
		}
		messages = append(messages, text)
	}
	return messages
}

// Subscribe is what most venues take: {"op":"subscribe","args":[...]}.
func Subscribe[A any](args []A) any {
	return struct {
		Op   string `json:"op"`
		Args []A    `json:"args"`
	}{"subscribe", args}
}
