// Command bench measures Halcyon's speed and memory and prints a table and,
// on request, JSON. Every figure stands beside the physical floor measured in
// the same run, because machines differ and are shared.
//
//	go run ./internal/bench -json bench.json
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"text/tabwriter"
)

// result is one figure.
type result struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	// Goal is what the figure is held to, in words.
	Goal string `json:"goal,omitempty"`
}

// report collects figures.
type report struct{ results []result }

func (r *report) add(name string, value float64, unit, goal string) {
	r.results = append(r.results, result{name, value, unit, goal})
	fmt.Fprintf(os.Stderr, "%s: %.4g %s\n", name, value, unit)
}

func main() {
	jsonFile := flag.String("json", "", "also write the figures to this file")
	days := flag.Int("days", 30, "days of history for tiles and for the cost of one more trade")
	flag.Parse()
	if err := measure(*jsonFile, *days); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func measure(jsonFile string, days int) error {
	dir, err := os.MkdirTemp("", "halcyon-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	r := &report{}
	for _, part := range []func(context.Context, *report, string, int) error{archive, parquet, live, history, tiles} {
		if err := part(ctx, r, dir, days); err != nil {
			return err
		}
		runtime.GC()
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s, %d cores\n\nmeasure\tfigure\tunit\tgoal\n", runtime.Version(), runtime.NumCPU())
	for _, f := range r.results {
		fmt.Fprintf(w, "%s\t%.4g\t%s\t%s\n", f.Name, f.Value, f.Unit, f.Goal)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if jsonFile == "" {
		return nil
	}
	data, err := json.MarshalIndent(r.results, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(jsonFile, append(data, '\n'), 0o644)
}
