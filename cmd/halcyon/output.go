package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// output is where a command writes. say and warn are safe for concurrent use.
type output struct {
	stdout, stderr io.Writer
	mu             sync.Mutex
}

// say prints a line for people.
func (o *output) say(format string, args ...any) { o.print(o.stdout, format+"\n", args) }

// warn prints a line about what went wrong and did not end the command.
func (o *output) warn(format string, args ...any) { o.print(o.stderr, "halcyon: "+format+"\n", args) }

func (o *output) print(to io.Writer, format string, args []any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	fmt.Fprintf(to, format, args...)
}

// json prints a value for scripts.
func (o *output) json(v any) error {
	enc := json.NewEncoder(o.stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// progress returns a function that draws a bar on a terminal and does nothing
// elsewhere. Progress goes to stderr, so that output can be piped.
func (o *output) progress() func(label string, done, total int64) {
	f, ok := o.stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func(string, int64, int64) {}
	}
	var bar *progressbar.ProgressBar
	var current string
	return func(label string, done, total int64) {
		if bar == nil || label != current {
			if bar != nil {
				_ = bar.Finish()
			}
			current = label
			bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(label),
				progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish(), progressbar.OptionShowCount())
		}
		bar.ChangeMax64(total)
		_ = bar.Set64(done)
	}
}
