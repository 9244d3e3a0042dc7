package main

import (
	"strings"
	"testing"

	"halcyon/docs"
)

// TestVenuesAreDescribed: each feed has its rows in docs/VENUES.md.
func TestVenuesAreDescribed(t *testing.T) {
	text, err := docs.Files.ReadFile("VENUES.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range feedKinds {
		if n := strings.Count(string(text), "`"+k.name+"`"); n < 2 {
			t.Errorf("docs/VENUES.md names %s %d times, want it in both tables", k.name, n)
		}
	}
}
