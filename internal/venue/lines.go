package venue

import (
	"bytes"
	"fmt"
	"io"
)

// BlockSize is the length of the blocks that text is read in, and thereby the
// longest line that is read at all. A few blocks fit the cache next to the
// window that inflating needs, which larger ones do not.
const BlockSize = 64 << 10

// FieldLine is the Field of an InputError about a line as a whole.
const FieldLine = "line"

// LineBlocks cuts a stream into blocks of whole lines, so that parsers never
// meet half a row. It implements Text.
type LineBlocks struct {
	file  string
	src   io.Reader
	carry []byte // the unfinished line at the end of the block before
	lines int64
	err   error
	buf   []byte
}

// NewLineBlocks reads src, which messages call file.
func NewLineBlocks(file string, src io.Reader) *LineBlocks {
	return &LineBlocks{file: file, src: src}
}

// Next implements Text.
func (l *LineBlocks) Next() ([]byte, error) {
	if l.buf == nil {
		l.buf = make([]byte, BlockSize+1)
	}
	return l.Fill(l.buf)
}

// Fill is Next into a buffer of the caller's, of at least BlockSize+1 bytes.
// On an error of the source, the whole lines before it are returned first and
// the error with the next call; the unfinished line is dropped, unless the
// error is io.EOF, when it is given the '\n' that it lacks.
func (l *LineBlocks) Fill(buf []byte) ([]byte, error) {
	n := copy(buf, l.carry)
	l.carry = l.carry[:0]
	for l.err == nil && n < BlockSize {
		var m int
		m, l.err = l.src.Read(buf[n:BlockSize])
		n += m
	}
	if l.err == io.EOF && n > 0 && buf[n-1] != '\n' {
		buf[n] = '\n'
		n++
	}
	end := bytes.LastIndexByte(buf[:n], '\n') + 1
	if end == 0 {
		if l.err == nil {
			l.err = &InputError{File: l.file, Field: FieldLine, Got: string(buf[:40]),
				Want: fmt.Sprintf("rows of text, each under %d bytes", BlockSize)}
		}
		return nil, l.err
	}
	if l.err == nil {
		l.carry = append(l.carry, buf[end:n]...)
	}
	return buf[:end], nil
}

// Lines walks a text line by line. Blank lines are passed over.
type Lines struct {
	text  Text
	block []byte
	row   int64
}

// NewLines returns the lines of text.
func NewLines(text Text) *Lines { return &Lines{text: text} }

// Row returns the 1-based number of the line that Next returned last.
func (l *Lines) Row() int64 { return l.row }

// Next returns the next line without its end, valid until the next call; the
// error is the text's, io.EOF at the end.
func (l *Lines) Next() ([]byte, error) {
	for {
		if len(l.block) == 0 {
			block, err := l.text.Next()
			if err != nil {
				return nil, err
			}
			l.block = block
		}
		end := bytes.IndexByte(l.block, '\n')
		line := l.block[:end]
		l.block = l.block[end+1:]
		l.row++
		if end > 0 && line[end-1] == '\r' {
			line = line[:end-1]
		}
		if len(bytes.TrimSpace(line)) > 0 {
			return line, nil
		}
	}
}
