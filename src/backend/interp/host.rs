//! What the interpreter asks of the world outside.

/// The world outside a run: the real one in the driver, [`Capture`] in tests.
pub trait Host {
    /// Writes to a file descriptor; the number of bytes taken, `None` on failure.
    fn write(&mut self, fd: i32, bytes: &[u8]) -> Option<usize>;

    /// Reads from a file descriptor; the number of bytes read, 0 at the end, `None` on failure.
    fn read(&mut self, fd: i32, buffer: &mut [u8]) -> Option<usize>;

    /// The value of an environment variable.
    fn env(&mut self, name: &[u8]) -> Option<Vec<u8>>;
}

/// A world of buffers: what is written to 1 and 2 is kept, 0 reads from `input`, other descriptors fail.
#[derive(Clone, Debug, Default)]
pub struct Capture {
    /// Written to descriptor 1.
    pub stdout: Vec<u8>,
    /// Written to descriptor 2.
    pub stderr: Vec<u8>,
    /// Not yet read from descriptor 0.
    pub input: Vec<u8>,
    /// Environment variables.
    pub env: Vec<(String, String)>,
}

impl Host for Capture {
    fn write(&mut self, fd: i32, bytes: &[u8]) -> Option<usize> {
        let stream = match fd {
            1 => &mut self.stdout,
            2 => &mut self.stderr,
            _ => return None,
        };
        stream.extend_from_slice(bytes);
        Some(bytes.len())
    }

    fn read(&mut self, fd: i32, buffer: &mut [u8]) -> Option<usize> {
        if fd != 0 {
            return None;
        }
        let len = buffer.len().min(self.input.len());
        buffer[..len].copy_from_slice(&self.input[..len]);
        self.input.drain(..len);
        Some(len)
    }

    fn env(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        let (_, value) = self.env.iter().find(|(known, _)| known.as_bytes() == name)?;
        Some(value.clone().into_bytes())
    }
}
