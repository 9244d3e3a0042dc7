package docs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var link = regexp.MustCompile(`\]\(([^)#\s]+)[^)]*\)`)

// Every relative link of the documentation leads to a file.
func TestLinksLeadSomewhere(t *testing.T) {
	var pages []string
	for _, glob := range []string{"*.md", "adr/*.md", "../*.md", "../internal/*/*.md"} {
		found, err := filepath.Glob(glob)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	checked := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			checked++
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", page, m[1])
			}
		}
	}
	if checked < 20 {
		t.Errorf("found %d links, want at least 20: is the pattern right?", checked)
	}
}

// Decisions are numbered one by one, in their file's name and in its head.
func TestDecisionsAreNumbered(t *testing.T) {
	files, err := filepath.Glob("adr/[0-9]*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d decisions, %v", len(files), err)
	}
	for i, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name, head := fmt.Sprintf("%04d-", i+1), fmt.Sprintf("# %d. ", i+1)
		if !strings.HasPrefix(filepath.Base(file), name) || !strings.HasPrefix(string(text), head) {
			t.Errorf("%s begins with %q: want a name from %q and a head from %q", file, strings.SplitN(string(text), "\n", 2)[0], name, head)
		}
	}
}
