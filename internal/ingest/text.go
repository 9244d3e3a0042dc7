package ingest

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"

	"halcyon/internal/venue"
)

// rawFile is a file on disk, seen as the text inside it.
type rawFile struct {
	*os.File
	path string
	name string // of the text inside
	size int64
	done atomic.Int64 // bytes read
	text io.Reader
}

// Read and ReadAt count what has been read, for a progress bar.
func (f *rawFile) Read(b []byte) (int, error) {
	n, err := f.File.Read(b)
	f.done.Add(int64(n))
	return n, err
}

// ReadAt implements io.ReaderAt.
func (f *rawFile) ReadAt(b []byte, off int64) (int, error) {
	n, err := f.File.ReadAt(b, off)
	f.done.Add(int64(n))
	return n, err
}

// openRaw opens a file and finds its compression by its first bytes.
func openRaw(path string, salvage bool) (*rawFile, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot open %q: %w", path, err)
	}
	f := &rawFile{File: file, path: path, name: filepath.Base(path)}
	if err := f.inflate(salvage); err != nil {
		file.Close()
		return nil, err
	}
	return f, nil
}

// readSize is the bytes asked of the disk at a time. Less than a block, so that
// plain text is read into the block itself.
const readSize = 32 << 10

func (f *rawFile) inflate(salvage bool) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("cannot read %q: %w", f.path, err)
	}
	if !info.Mode().IsRegular() {
		return &venue.InputError{File: f.path, Want: "a regular file or a folder"}
	}
	if f.size = info.Size(); f.size == 0 {
		return venue.Empty(f.path)
	}
	buffered := bufio.NewReaderSize(f, readSize)
	magic, err := buffered.Peek(4)
	if err != nil && err != io.EOF {
		return fmt.Errorf("cannot read %q: %w", f.path, err)
	}
	switch {
	case bytes.HasPrefix(magic, []byte("PK\x03\x04")):
		return f.unzip(buffered, salvage)
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		f.name = strings.TrimSuffix(f.name, ".gz")
		if f.text, err = gzip.NewReader(buffered); err != nil {
			return broken(f.path, err)
		}
	default:
		f.text = buffered
	}
	return nil
}

// unzip finds the one file in a zip archive. An archive that breaks off has
// lost its directory, which is at the end; what is left of the first file is
// found by the header before it.
func (f *rawFile) unzip(start *bufio.Reader, salvage bool) error {
	archive, err := zip.NewReader(f, f.size)
	if err != nil {
		if !salvage {
			return broken(f.path, err)
		}
		return f.unzipStart(start)
	}
	var inside []*zip.File
	archive.RegisterDecompressor(zip.Deflate, func(r io.Reader) io.ReadCloser { return inflater(r, inside[0].CompressedSize64) })
	for _, m := range archive.File {
		if !m.FileInfo().IsDir() {
			inside = append(inside, m)
		}
	}
	if len(inside) != 1 {
		return &venue.InputError{File: f.path, Field: "files in the archive", Got: fmt.Sprint(len(inside)), Want: "one"}
	}
	f.name = filepath.Base(inside[0].Name)
	f.text, err = inside[0].Open()
	if err != nil {
		return broken(f.path, err)
	}
	return nil
}

// inMemory is the most compressed bytes that are read before they are decoded.
const inMemory = 64 << 20

// inflater decodes the compressed bytes of r. A day's archive is read at once,
// because the library decodes a slice a good deal faster than a buffer that is
// filled on the way.
func inflater(r io.Reader, size uint64) io.ReadCloser {
	if size > inMemory {
		return flate.NewReader(bufio.NewReaderSize(r, readSize))
	}
	whole := make([]byte, size)
	n, err := io.ReadFull(r, whole)
	if err != nil {
		// What is missing, and why, shows when the decoder comes as far.
		return flate.NewReader(bufio.NewReaderSize(io.MultiReader(bytes.NewReader(whole[:n]), r), readSize))
	}
	return flate.NewReader(bytes.NewReader(whole))
}

// unzipStart reads the first file of an archive by its local header.
// Source: PKWARE APPNOTE.TXT 6.3.10, section 4.3.7.
func (f *rawFile) unzipStart(r *bufio.Reader) error {
	var header [30]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return broken(f.path, err)
	}
	method := binary.LittleEndian.Uint16(header[8:])
	name := make([]byte, binary.LittleEndian.Uint16(header[26:]))
	if _, err := io.ReadFull(r, name); err != nil {
		return broken(f.path, err)
	}
	if _, err := r.Discard(int(binary.LittleEndian.Uint16(header[28:]))); err != nil {
		return broken(f.path, err)
	}
	if method != zip.Deflate {
		return &venue.InputError{File: f.path, Field: "compression method", Got: fmt.Sprint(method), Want: "deflate, to salvage half an archive"}
	}
	f.name = filepath.Base(string(name))
	f.text = &cutOff{flate.NewReader(r)}
	return nil
}

// cutOff is the text of an archive without its end: it is never whole.
type cutOff struct{ io.Reader }

func (c *cutOff) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// broken is the fault of a file that cannot be decompressed to its end. A
// fault of the disk is none of the file's.
func broken(path string, err error) error {
	var onDisk *fs.PathError
	if errors.As(err, &onDisk) {
		return fmt.Errorf("cannot read %q: %w", path, err)
	}
	return &venue.InputError{File: path, Field: "compressed data", Got: err.Error(),
		Want: "a whole file; --salvage takes what decodes of it"}
}

// blocks is the text of a file, inflated ahead of the reader, with the end of
// a broken file turned into a fault or, to salvage, into an end.
type blocks struct {
	file    *rawFile
	salvage bool
	ahead   *ahead
	head    []byte // the first block, until it is read
	lost    string // what a salvaged file ended with, empty for a whole one
}

// Next implements venue.Text.
func (t *blocks) Next() ([]byte, error) {
	if t.head != nil {
		b := t.head
		t.head = nil
		return b, nil
	}
	b, err := t.ahead.next()
	if err == nil || err == io.EOF {
		return b, err
	}
	var fault *venue.InputError
	if errors.As(err, &fault) {
		return nil, err
	}
	err = broken(t.file.path, err)
	if t.salvage && errors.As(err, &fault) {
		t.lost = fault.Got
		return nil, io.EOF
	}
	return nil, err
}
