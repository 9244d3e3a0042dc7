package inflate

import (
	"bytes"
	standard "compress/flate"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/flate"
)

// deflated returns data as the library writes it.
func deflated(t testing.TB, data []byte, level int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, level)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// texts are made to meet every part of the decoder: short and long matches,
// near and far, what does not compress, rows as exchanges write them.
func texts() map[string][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	var rows, skewed bytes.Buffer
	for i := range 40_000 {
		rows.WriteString(strings.Join([]string{"27010", string(rune('0' + i%10)), ",95", noiseText(r, 4), ",0.", noiseText(r, 3), ",true\n"}, ""))
	}
	for range 400_000 {
		skewed.WriteByte(byte(r.ExpFloat64() * 6)) // codes of up to 15 bits
	}
	return map[string][]byte{
		"empty": nil, "one": []byte("a"), "zeros": make([]byte, 500_000), "noise": noise,
		"rows": rows.Bytes(), "skewed": skewed.Bytes(),
		"far": append(append(bytes.Clone(noise[:32<<10]), noise[:32<<10]...), noise[:64<<10]...),
	}
}

func noiseText(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + r.IntN(10))
	}
	return string(b)
}

func TestReaderGivesBackWhatWasDeflated(t *testing.T) {
	for name, data := range texts() {
		for _, level := range []int{flate.NoCompression, flate.HuffmanOnly, flate.BestSpeed, 6, flate.BestCompression} {
			stream := deflated(t, data, level)
			for how, src := range map[string]io.Reader{
				"whole": bytes.NewReader(stream), "by bytes": iotest.OneByteReader(bytes.NewReader(stream)),
				"with its end": iotest.DataErrReader(bytes.NewReader(stream)),
			} {
				got, err := io.ReadAll(NewReader(src))
				if err != nil || !bytes.Equal(got, data) {
					t.Errorf("%s, level %d, read %s: %d bytes, error %v, want %d bytes", name, level, how, len(got), err, len(data))
				}
			}
		}
	}
}

// A stream that breaks off gives all that can be known of it.
func TestReaderOfHalfAStream(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for name, data := range texts() {
		stream := deflated(t, data, 6)
		for range 20 {
			cut := r.IntN(len(stream))
			got, err := io.ReadAll(NewReader(bytes.NewReader(stream[:cut])))
			least, _ := io.ReadAll(flate.NewReader(bytes.NewReader(stream[:cut])))
			if !errors.Is(err, io.ErrUnexpectedEOF) || !bytes.HasPrefix(data, got) || len(got) < len(least) {
				t.Fatalf("%s, %d of %d bytes: %d bytes, error %v, want at least %d bytes of the text", name, cut, len(stream), len(got), err, len(least))
			}
		}
	}
}

func TestReaderPassesOnTheSourcesError(t *testing.T) {
	fault := errors.New("the disk is on fire")
	stream := deflated(t, texts()["rows"], 6)
	src := io.MultiReader(bytes.NewReader(stream[:len(stream)/2]), iotest.ErrReader(fault))
	if got, err := io.ReadAll(NewReader(src)); !errors.Is(err, fault) || len(got) == 0 {
		t.Errorf("%d bytes, error %v", len(got), err)
	}
}

// FuzzReader holds the reader against the standard library: what it accepts
// and what it gives back. Of a stream that is at fault the standard library may
// give back less, because it waits for more bits than a symbol has.
func FuzzReader(f *testing.F) {
	for _, data := range texts() {
		for _, level := range []int{flate.NoCompression, flate.HuffmanOnly, 6} {
			f.Add(deflated(f, data[:min(len(data), 3000)], level))
		}
	}
	for _, bad := range []string{
		"\x07", "\x01\x05\x00\x00\x00abc", "\x05\xe0\x81\x08\x00", "\x4b\x04\x82\x00", "\x03\x02",
		"\x84 $\x04\xbf778770Y9B1780'771xY08X070Y9A0", // a block without a single literal
	} {
		f.Add([]byte(bad))
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		const most = 1 << 20
		got, err := io.ReadAll(io.LimitReader(NewReader(bytes.NewReader(stream)), most))
		want, wantErr := io.ReadAll(io.LimitReader(standard.NewReader(bytes.NewReader(stream)), most))
		if !bytes.HasPrefix(got, want) || wantErr == nil && len(got) > len(want) {
			t.Fatalf("%d bytes, error %v; want %d bytes, error %v", len(got), err, len(want), wantErr)
		}
		if (err == nil) != (wantErr == nil) && len(got) < most {
			t.Fatalf("error %v, want %v", err, wantErr)
		}
		if err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("error %v is of no known kind", err)
		}
	})
}

func BenchmarkReader(b *testing.B) {
	stream := deflated(b, texts()["rows"], 6)
	for name, open := range map[string]func() io.Reader{
		"this":    func() io.Reader { return NewReader(bytes.NewReader(stream)) },
		"library": func() io.Reader { return flate.NewReader(bytes.NewReader(stream)) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				n, err := io.Copy(io.Discard, open())
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(n)
			}
		})
	}
}
