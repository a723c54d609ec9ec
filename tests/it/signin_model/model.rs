//! A model of sign-in sessions without database, hashes and HTTP.

use weida::core::signin::Status;

/// A sign-in session in the model.
#[derive(Debug, Clone)]
pub struct Session {
    pub is_register: bool,
    pub expires_at: i64,
    pub status: Status,
    /// The follower who scanned it or sent its code.
    pub person: Option<usize>,
    pub guesses: u32,
    pub is_collected: bool,
    /// Deleted with the account of that follower.
    pub is_gone: bool,
}

/// The expected state. Followers are 0 and 1; `codes` are those sent in the chat.
#[derive(Debug, Default)]
pub struct Model {
    pub now: i64,
    pub sessions: Vec<Session>,
    pub codes: [Option<(String, i64)>; 2],
    pub has_account: [bool; 2],
    /// For each follower the end of the open question about deleting the account.
    pub undo: [i64; 2],
}

impl Model {
    fn is_live(&self, s: usize) -> bool {
        !self.sessions[s].is_gone && !self.sessions[s].status.is_final() && self.sessions[s].expires_at > self.now
    }

    pub fn shown(&self, s: usize) -> Status {
        let session = &self.sessions[s];
        if !session.status.is_final() && session.expires_at <= self.now { Status::Expired } else { session.status }
    }

    /// Ends the open question of either kind.
    pub fn refuse(&mut self, person: usize) {
        if std::mem::take(&mut self.undo[person]) <= self.now {
            self.refuse_sessions(person);
        }
    }

    fn refuse_sessions(&mut self, person: usize) {
        for s in 0..self.sessions.len() {
            if self.is_live(s) && self.sessions[s].status == Status::Scanned && self.sessions[s].person == Some(person)
            {
                self.sessions[s].status = Status::Refused;
            }
        }
    }

    fn finish(&mut self, s: usize, person: usize) {
        let is_over = self.sessions[s].is_register && self.has_account[person];
        self.sessions[s].status = if is_over { Status::Error } else { Status::Success };
        self.sessions[s].person = Some(person);
        self.has_account[person] = true;
    }

    /// A follower scans the QR or sends the page's code.
    pub fn meet(&mut self, s: usize, person: usize) {
        if !self.is_live(s) || self.sessions[s].status != Status::Waiting {
            return;
        }
        if self.sessions[s].is_register && self.has_account[person] {
            return self.finish(s, person);
        }
        self.refuse_sessions(person);
        self.undo[person] = 0;
        (self.sessions[s].status, self.sessions[s].person) = (Status::Scanned, Some(person));
    }

    /// A follower asks to withdraw the registration. Without an account this refuses the open question.
    pub fn unregister(&mut self, person: usize) {
        self.refuse_sessions(person);
        if self.has_account[person] {
            self.undo[person] = self.now + 5 * 60_000;
        }
    }

    /// A follower confirms. Returns true if this deletes their account.
    pub fn confirm(&mut self, person: usize) -> bool {
        if std::mem::take(&mut self.undo[person]) > self.now {
            self.has_account[person] = false;
            self.codes[person] = None;
            for session in &mut self.sessions {
                session.is_gone |= session.person == Some(person);
            }
            return true;
        }
        let is_asked = |s: &usize| {
            self.is_live(*s) && self.sessions[*s].status == Status::Scanned && self.sessions[*s].person == Some(person)
        };
        if let Some(s) = (0..self.sessions.len()).find(is_asked) {
            self.finish(s, person);
        }
        false
    }

    /// The user types digits into the page. Returns true if they sign in.
    pub fn type_code(&mut self, s: usize, digits: &str) -> bool {
        if !self.is_live(s) || self.sessions[s].guesses >= 5 {
            return false;
        }
        self.sessions[s].guesses += 1;
        let is_good = |c: &Option<(String, i64)>| c.as_ref().is_some_and(|(d, until)| d == digits && *until > self.now);
        let Some(person) = self.codes.iter().position(is_good) else {
            if self.sessions[s].guesses == 5 {
                self.sessions[s].status = Status::Error;
            }
            return false;
        };
        self.codes[person] = None;
        if self.sessions[s].status == Status::Scanned && self.sessions[s].person != Some(person) {
            return false;
        }
        self.finish(s, person);
        self.sessions[s].status == Status::Success
    }

    pub fn collect(&mut self, s: usize) -> Option<usize> {
        let session = &mut self.sessions[s];
        let is_open = !session.is_gone && !session.is_collected && session.expires_at > self.now;
        let may = session.status == Status::Success && is_open;
        session.is_collected |= may;
        session.person.filter(|_| may)
    }
}
