//go:build linux

package main

import (
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// On a full disk a picture that was there stays as it was, nothing is left
// beside it, and the exit status is a user's.
//
// It runs in a process of its own, because the limit that stands for a full disk
// strikes the testing package's own log as well.
func TestNoRoomForAPicture(t *testing.T) {
	const child = "HALCYON_TEST_NO_ROOM"
	if os.Getenv(child) == "" {
		c := exec.Command(os.Args[0], "-test.run=^TestNoRoomForAPicture$")
		c.Env = append(os.Environ(), child+"=1")
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	dir := t.TempDir()
	lake, picture := filepath.Join(dir, "lake"), filepath.Join(dir, "pictures", "map.png")
	must(t, "sim", "--lake", lake, "--symbols", "SOL", "--days", "1")
	if err := os.Mkdir(filepath.Dir(picture), 0o755); err != nil {
		t.Fatal(err)
	}
	render := []string{"render", "--lake", lake, "--symbol", "SOL", "-o", picture}
	must(t, render...)
	before := digest(t, filepath.Dir(picture))

	signal.Ignore(syscall.SIGXFSZ)
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1000, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	status, _, stderr := halcyon(t, append(render, "--palette", "ice")...)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	if status != 2 || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "map.png") {
		t.Errorf("status %d, stderr %q", status, stderr)
	}
	if digest(t, filepath.Dir(picture)) != before {
		t.Error("the folder of the picture changed")
	}
	must(t, append(render, "--palette", "ice")...)
	if digest(t, filepath.Dir(picture)) == before {
		t.Error("with room again the picture did not change")
	}
}
