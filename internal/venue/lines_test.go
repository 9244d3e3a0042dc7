package venue

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestLineBlocksAreWholeLines(t *testing.T) {
	text := strings.Repeat("some row of text,1,2,3\n", 40_000) + "last row without an end"
	blocks := NewLineBlocks("f", iotest.OneByteReader(strings.NewReader(text[len(text)-300_000:])))
	var got []byte
	for {
		b, err := blocks.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if b[len(b)-1] != '\n' {
			t.Fatalf("block ends in %q", b[len(b)-10:])
		}
		got = append(got, b...)
	}
	if want := text[len(text)-300_000:] + "\n"; string(got) != want {
		t.Errorf("got %d bytes, want %d", len(got), len(want))
	}
}

func TestLineBlocksDropTheLineThatBreaksOff(t *testing.T) {
	broken := io.MultiReader(strings.NewReader("one\ntwo\nthr"), iotest.ErrReader(io.ErrUnexpectedEOF))
	blocks := NewLineBlocks("f", broken)
	if b, err := blocks.Next(); err != nil || string(b) != "one\ntwo\n" {
		t.Errorf("got %q, %v; want the two whole lines", b, err)
	}
	if _, err := blocks.Next(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v, want the reader's error", err)
	}
}

func TestLineTooLongIsAnInputError(t *testing.T) {
	_, err := NewLineBlocks("f", bytes.NewReader(make([]byte, BlockSize+1))).Next()
	if fault := (*InputError)(nil); !errors.As(err, &fault) || fault.Field != FieldLine {
		t.Errorf("got %v, want an InputError", err)
	}
}
