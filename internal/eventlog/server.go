package eventlog

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// startTimeout is how long the embedded server may take to read its files.
const startTimeout = 60 * time.Second

// maxMessage bounds a message of the embedded server, in bytes. A cluster's
// own limit, 1 MiB unless configured, is what batches keep below.
const maxMessage = 8 << 20

// embedded is a NATS server within this process, and its hold on the folder.
type embedded struct {
	*server.Server
	lock *os.File
}

// serve starts the embedded server over the files in Dir.
func serve(o Options) (*embedded, error) {
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(o.Dir, "lock"))
	if err != nil {
		return nil, err
	}
	opts := &server.Options{
		ServerName: "halcyon", DontListen: o.Listen == "", NoSigs: true, NoLog: true, MaxPayload: maxMessage,
		JetStream: true, StoreDir: o.Dir, JetStreamMaxStore: o.MaxBytes + 1<<30, JetStreamMaxMemory: 64 << 20,
		SyncAlways: o.Sync == SyncAlways, SyncInterval: syncEvery,
	}
	if o.Listen != "" {
		host, port, err := net.SplitHostPort(o.Listen)
		if err == nil {
			opts.Port, err = strconv.Atoi(port)
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("address %q: %w", o.Listen, err), lock.Close())
		}
		opts.Host = host
		if opts.Port == 0 {
			opts.Port = server.RANDOM_PORT
		}
	}
	s, err := server.NewServer(opts)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	s.Start()
	if !s.ReadyForConnections(startTimeout) {
		s.Shutdown()
		return nil, errors.Join(fmt.Errorf("its server did not start within %v", startTimeout), lock.Close())
	}
	return &embedded{s, lock}, nil
}

func (e *embedded) close() error {
	e.Shutdown()
	e.WaitForShutdown()
	return e.lock.Close()
}
