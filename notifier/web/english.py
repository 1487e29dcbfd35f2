"""The staff pages' sentences in English, by their Indonesian wording. A test holds it against every page."""

from collections.abc import Mapping
from types import MappingProxyType

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        # frame and errors
        "Langsung ke isi": "Skip to content",
        "Menu utama": "Main menu",
        "Keluar": "Sign out",
        "Masuk": "Sign in",
        "Masuk petugas": "Staff sign-in",
        "Kembali": "Back",
        "Ke halaman Hari ini": "To the Today page",
        "Ke halaman depan": "To the front page",
        "Permintaan tidak dapat dibaca": "The request can't be read",
        "Muat ulang halaman sebelumnya, lalu coba lagi.": "Reload the page before, then try again.",
        "Silakan masuk dahulu": "Please sign in first",
        "Sesi Anda sudah berakhir.": "Your session is over.",
        "Anda tidak berwenang membuka ini": "You may not open this",
        "Peran Anda tidak mencakup halaman atau tindakan ini.": "Your role does not cover this page or act.",
        "Halaman tidak ditemukan": "Page not found",
        "Alamatnya mungkin salah, atau berada di luar wilayah Anda.": (
            "The address may be wrong, or outside your region."
        ),
        "Tindakan ini tidak ada di sini": "There is no such act here",
        "Kembali ke halaman sebelumnya, lalu coba lagi.": "Go back to the page before, then try again.",
        "Kiriman terlalu besar": "Too much was sent",
        "Kurangi isinya, lalu coba lagi.": "Send less, then try again.",
        "Terjadi kesalahan di sistem kami": "Something went wrong on our side",
        "Kesalahan ini sudah dicatat. Coba lagi sebentar lagi.": "The fault was recorded. Try again in a moment.",
        "Ini tidak dapat dilakukan": "This can't be done",
        # signing in
        "Nama pengguna": "Login",
        "Kata sandi": "Password",
        "Nama pengguna atau kata sandi salah. Setelah 5 kali salah, akun terkunci 15 menit; jika lupa kata "
        "sandi, mintalah admin meresetnya.": (
            "Login or password is wrong. After 5 wrong ones the account is locked for 15 minutes; if you "
            "forgot the password, ask an admin to reset it."
        ),
        "Belum punya akun? Mintalah admin program membuatnya.": "No account yet? Ask a programme admin to add one.",
        # today
        "Hari ini": "Today",
        "Yang keluar": "Going out",
        "Tidak ada siaran yang menunggu atau sedang berjalan.": "No broadcast is waiting or under way.",
        "Semua siaran": "All broadcasts",
        "Penyaluran berikutnya": "Next rounds",
        "Belum ada penyaluran yang akan datang.": "No rounds ahead yet.",
        "Semua penyaluran": "All rounds",
        # rounds
        "Penyaluran": "Rounds",
        "Akan datang": "Ahead",
        "Sudah lewat": "Over",
        "dibatalkan": "cancelled",
        "versi {n}": "version {n}",
        "{n} siaran": "{n} broadcasts",
        "belum ada siaran": "no broadcast yet",
        "rencanakan": "plan one",
        "Tidak ada penyaluran": "No rounds",
        "Admin mengimpor penyaluran dari berkas CSV atau XLSX, atau membuatnya satu per satu di sini.": (
            "An admin imports rounds from a CSV or XLSX file, or makes them one by one here."
        ),
        # broadcasts
        "Siaran": "Broadcasts",
        "Rencanakan siaran": "Plan a broadcast",
        "{n} orang": "{n} people",
        "± {n} orang": "about {n} people",
        "Yang lebih lama": "Older ones",
        "Belum ada siaran": "No broadcasts yet",
        "Siaran memberi tahu semua penerima satu penyaluran. Impor dulu daftar penerima dan penyaluran, lalu "
        "rencanakan siaran; admin lain menyetujuinya.": (
            "A broadcast tells everybody of one round. Import the register and the round first, then plan "
            "a broadcast; another admin approves it."
        ),
        "nomor {n}": "number {n}",
        "Perlu dilihat lagi": "Needs a second look",
        "Siapa yang belum diberi tahu, dan mengapa": "Who was not told, and why",
        "Rencana": "Plan",
        "Mulai": "Starts",
        "Paling lambat": "At the latest",
        "Wilayah": "Region",
        "Pendaftar": "Applicant",
        "semua": "all",
        "Direncanakan oleh": "Planned by",
        "Disetujui oleh": "Approved by",
        "belum": "not yet",
        "Ralat dari": "Corrects",
        "siaran {n}": "broadcast {n}",
        "Setujui siaran ini?": "Approve this broadcast?",
        "Lanjutkan siaran ini?": "Let this broadcast go on?",
        "Saat direncanakan: {n} orang.": "When planned: {n} people.",
        "Setujui dan kirim pada waktunya": "Approve, and send at its time",
        "Anda yang merencanakan siaran ini; admin lain perlu menyetujuinya.": (
            "You planned this broadcast; another admin has to approve it."
        ),
        "Kendali": "Control",
        "Alasan (boleh kosong)": "Reason (may be empty)",
        "Menghentikan tidak dapat dibatalkan: yang belum terkirim tidak akan dikirim.": (
            "Stopping can't be undone: what has not left will not be sent."
        ),
        "Kemajuan": "Progress",
        "Neraca kiriman": "Balance of deliveries",
        "Setiap orang dari sasaran ada di tepat satu baris.": "Everybody of the audience is in exactly one row.",
        "Keadaan": "State",
        "Orang": "People",
        "Belum disiapkan": "Not prepared yet",
        "Tidak dikirim: {why}": "Not sent: {why}",
        "Sasaran": "Audience",
        "Neraca seimbang.": "The account balances.",
        "Neraca belum seimbang: sedang dihitung.": "The account does not balance yet: counting.",
        "Belum ada yang dikirim. Sasaran dihitung saat siaran dimulai.": (
            "Nothing was sent yet. The audience is counted when the broadcast begins."
        ),
        "Muat ulang halaman untuk melihat kemajuan terbaru.": "Reload the page to see the latest progress.",
        "Dilihat pukul": "Seen at",
        "Daftar orang": "List of people",
        "Nama": "Name",
        "Sebab": "Why",
        "Berikutnya": "Next",
        "Tidak ada": "Nobody",
        "baru": "new",
        "Yang diberitahukan": "What is told",
        "Pilih…": "Choose…",
        "Belum ada penyaluran yang akan datang. Impor atau buat dulu:": (
            "No rounds ahead yet. Import or make one first:"
        ),
        "Waktu kirim, menurut jam setempat penyaluran": "When to send, in the round's local time",
        "Kosongkan untuk mengirim segera setelah disetujui. Di luar jam kirim, pesan menunggu sampai pagi.": (
            "Leave empty to send as soon as it is approved. Outside the sending hours messages wait until morning."
        ),
        "Kirim sekali lagi kepada orang yang sama": "Tell the same people once more",
        "Hitung dulu": "Reckon first",
        "Perhitungan": "Reckoning",
        "Buat rencana": "Make the plan",
        "Belum ada yang dikirim: admin lain harus menyetujuinya lebih dahulu.": (
            "Nothing is sent yet: another admin has to approve it first."
        ),
        "Pilih pemberitahuan dan penyaluran, lalu tekan Hitung dulu: berapa orang, lewat apa, berapa biayanya, "
        "berapa lama.": (
            "Choose what to tell and the round, then press Reckon first: how many people, which way, what "
            "it costs, how long it takes."
        ),
        "Tak terjangkau": "Unreachable",
        "Segmen SMS": "SMS segments",
        "Biaya": "Price",
        "Lama kirim": "Takes",
        "Selesai, bila disetujui sekarang": "Through, if approved now",
        "Perkiraan": "Reckoned",
        "{n} jam": "{n} hours",
        "Menurut bahasa": "By language",
        "Rencana dibuat. Admin lain perlu menyetujuinya.": "Planned. Another admin has to approve it.",
        "Siaran disetujui.": "The broadcast is approved.",
        "Siaran disetujui. Waktunya sudah lewat: siaran langsung dikirim.": (
            "The broadcast is approved. Its time is past: it leaves at once."
        ),
        "Waktu itu sudah lewat: siaran langsung dikirim setelah disetujui.": (
            "That time is past: it leaves at once after approval."
        ),
        "Perintah dijalankan.": "Done.",
        "Siaran dijeda. Yang sudah di tangan penyedia tetap sampai; sisanya menunggu.": (
            "The broadcast is paused. What the providers have still arrives; the others wait."
        ),
        "Siaran dilanjutkan.": "The broadcast goes on.",
        "Siaran dihentikan. Yang belum terkirim tidak dikirim lagi.": (
            "The broadcast is stopped. What has not left is not sent any more."
        ),
        "Sisanya menyusul sekarang.": "The others follow now.",
        "{n} orang pertama diberi tahu dahulu. Bila semuanya baik, sisanya menyusul sendiri setelah {at}.": (
            "The first {n} people are told before the others, who follow by themselves after {at} if all goes well."
        ),
        "Lebih dahulu kepada": "First to",
        "Lebih dahulu kepada (boleh kosong)": "First to (may be empty)",
        "Jumlah orang atau persen yang diberi tahu dahulu, misalnya 500 atau 2%. Sisanya menyusul sendiri bila "
        "tidak ada masalah.": (
            "How many people, or percent, are told first, such as 500 or 2%. The others follow by themselves if "
            "nothing goes wrong."
        ),
        "Batas biaya": "Cap on the cost",
        "Batas biaya, rupiah": "Cap on the cost, rupiah",
        "Batas biaya, rupiah (boleh kosong)": "Cap on the cost, rupiah (may be empty)",
        "Jawaban warga": "What people answered",
        # a restored backup
        "Basis data dipulihkan": "The database was restored",
        "Basis data lebih tua daripada buku besar yang kami ingat. Selama belum dikonfirmasi, tidak ada pesan yang "
        "dikirim; pesan masuk dan aduan tetap dilayani.": (
            "The database is older than the ledger we remember. Until somebody confirms it no message is sent; "
            "what comes in, and complaints, are served all the same."
        ),
        "Yang kami ingat": "What we remember",
        "Yang ada di basis data": "What the database has",
        "catatan {n}": "act {n}",
        "Diketahui sejak": "Noticed",
        "Apa yang terkirim di antara keduanya tidak diketahui lagi.": "What was sent in between is not known any more.",
        "Tahan yang mungkin sudah terkirim": "Hold what may have left",
        "Siaran yang sudah mulai akan bertanya dahulu, dan jawaban yang menunggu ditahan sampai petugas memutuskan. "
        "Pesan baru langsung dikirim.": (
            "Broadcasts that have begun ask first, and answers that wait are held until somebody decides. What is new "
            "is sent at once."
        ),
        "Konfirmasi dan tahan": "Confirm and hold",
        "Kirim semuanya": "Send everything",
        "Hanya bila Anda yakin tidak ada yang terkirim sejak cadangan dibuat; jika tidak, sebagian orang menerima "
        "pesan dua kali.": (
            "Only if you are sure that nothing was sent since the backup was made; otherwise some people get a "
            "message twice."
        ),
        "Konfirmasi dan kirim semuanya": "Confirm and send everything",
        "Tidak ada yang perlu dikonfirmasi: basis data memuat semua yang kami ingat.": (
            "There is nothing to confirm: the database has all that we remember."
        ),
        "Pemulihan dikonfirmasi; pengiriman berjalan lagi.": "Confirmed; sending goes on.",
        "Pengiriman ditahan": "Nothing is sent",
        "basis data ini dipulihkan dari cadangan.": "this database is a restored backup.",
        "Periksa dan konfirmasi": "Look and confirm",
        "Seorang admin harus memeriksanya.": "An admin has to look at it.",
        # lines
        "Jalur": "Lines",
        "Lewat apa pesan keluar, dan apakah jalannya lancar.": "Which way messages leave, and whether it is clear.",
        "Kecepatan": "Rate",
        "{n} pesan/detik": "{n} messages/s",
        "Menunggu": "Waiting",
        "lebih dari {n}": "more than {n}",
        "Satu jam terakhir": "Last hour",
        "{ok} diterima, {bad} gagal": "{ok} taken, {bad} failed",
        "Banyak orang: dihitung dari satu di antara {n} orang. Angka di bawah ini kira-kira, dan yang jarang mungkin "
        "tidak tampak.": "Many people: reckoned from one in {n} people. The figures below are about right, and what is "
        "rare may not show.",
        "Berkasnya memuat semua orang yang tidak terjangkau.": "The file has everybody who cannot be reached.",
        "Daftar ini panjang, jadi tidak dihitung di sini. Pilih wilayah untuk mempersempitnya.": "This list is long, "
        "so it is not counted here. Pick an area to narrow it.",
        "Sedikitnya {n} orang": "At least {n} people",
        "sedikitnya {ok} diterima, {bad} gagal": "at least {ok} taken, {bad} failed",
        "Istirahat sampai": "Rests until",
        "Coba sekarang": "Try now",
        "Kirim uji coba": "Send a test",
        "Alamat penerima": "Address",
        "Nomor, alamat surel, atau nomor percakapan Telegram Anda sendiri.": (
            "Your own number, mail address or Telegram chat."
        ),
        "Uji coba {n}": "Test {n}",
        "Muat ulang untuk melihat hasilnya.": "Reload to see what came of it.",
        "Belum ada jalur": "No lines yet",
        "Tambahkan jalur di config.toml, lalu jalankan: notifier check --probe": (
            "Add a line to config.toml, then run: notifier check --probe"
        ),
        "Jalur dicoba sekarang.": "The line is tried now.",
        "Uji coba dikirim.": "The test is on its way.",
        # who was told, and who was not
        "lihat daftarnya": "see the list",
        "selesai ± {when}": "through about {when}",
        "melewati batas waktunya": "too late for some",
        "di antaranya menunggu keputusan petugas": "of these waiting for a decision",
        "Mengapa belum diberi tahu": "Why they were not told",
        "Siapa yang sudah diberi tahu": "Who was told",
        "Daftar kunjungan": "People to visit",
        "daftar kunjungan": "people to visit",
        "Neraca untuk dicetak": "Statement to print",
        "Kirim ulang kepada mereka": "Send to them again",
        "Lewat": "By",
        "Kapan": "When",
        "Selanjutnya": "What next",
        "mungkin dua kali": "perhaps twice",
        "tanda terima": "receipt",
        "Tidak ada orang di daftar ini sekarang.": "Nobody is on this list now.",
        "Kirim ulang": "Send again",
        "Kirim ulang kepada orang di daftar ini?": "Send to the people of this list again?",
        "Di antaranya": "Among them",
        "Setiap orang mendapat satu pesan lagi lewat alamatnya yang masih dapat dipakai. Yang meminta berhenti "
        "tidak dikirimi.": (
            "Everybody gets one more message at the address that can still be used. Whoever asked us to stop gets none."
        ),
        "Ya, kirim ulang": "Yes, send again",
        "Lihat daftarnya": "See the list",
        "Dikirim ulang kepada orang di daftar ini.": "The people of this list are due again.",
        "Dikirim ulang; sebagian tidak, karena tidak ada alamat yang dapat dipakai.": (
            "Due again; some are not, for they have no address that can be used."
        ),
        "Menunggu keputusan": "Waiting for a decision",
        "Pesan ini mungkin sudah sampai, mungkin tidak. Mengirim ulang berarti warga mungkin menerimanya dua kali.": (
            "These messages may have arrived, or not. Sending again means that people may get them twice."
        ),
        "Kirim ulang semuanya": "Send all again",
        "Biarkan semuanya": "Leave them all",
        "Biarkan": "Leave it",
        "berlanjut sendiri {when}": "goes on by itself {when}",
        "Tidak ada pesan yang menunggu keputusan petugas.": "No message is waiting for a decision.",
        "Keputusan dicatat.": "Decided.",
        # visits
        "Untuk dikunjungi": "To visit",
        "Yang meminta berhenti": "Who asked us to stop",
        "Mereka meminta tidak dikirimi pesan. Kunjungan boleh, bila dirasa perlu.": (
            "They asked for no messages. A visit is allowed where it seems needed."
        ),
        "Yang disampaikan": "What to tell",
        "Penyaluran ini dibatalkan.": "This round is cancelled.",
        "Bantuan": "Assistance",
        "Tempat": "Where",
        "Waktu": "When",
        "Catatan": "Note",
        "Alamat": "Address",
        "Hasil kunjungan": "What the visit found",
        "Hasil kunjungan dicatat.": "The visit is recorded.",
        "Tidak ada orang yang perlu dikunjungi.": "Nobody is left to visit.",
        "Berkas CSV atau XLSX yang sudah diisi diunggah admin sebagai hasil kunjungan.": (
            "An admin uploads the filled-in CSV or XLSX file as results of visits."
        ),
        # the statement
        "Neraca siaran": "Statement of broadcast",
        "Neraca pada {when}.": "The statement as of {when}.",
        "Sejak itu ada yang berubah; angka terbaru ada di halaman siaran.": (
            "Something changed since; the newest figures are on the broadcast's page."
        ),
        "Siaran ini untuk banyak orang: neracanya dihitung baris demi baris dan tampil di sini sebentar lagi.": (
            "This broadcast is for many people: its statement is counted row by row and appears here shortly."
        ),
        "Hitung sekarang dan catat di buku besar": "Count it now and put it on record",
        "Neraca TIDAK seimbang: pencatat dan baris berbeda.": (
            "The account does NOT balance: counters and rows disagree."
        ),
        "Menunggu keputusan petugas: {held}. Mungkin menerima dua kali: {twice}.": (
            "Waiting for a decision: {held}. Perhaps told twice: {twice}."
        ),
        "Diralat oleh": "Corrected by",
        "Menurut jalur": "By line",
        "Diberi tahu": "Told",
        "Tidak diberi tahu": "Not told",
        "Menunggu atau tidak pasti": "Waiting or unsure",
        "Percobaan": "Attempts",
        "Segmen": "Segments",
        "tanpa jalur": "no line",
        "Sidik neraca": "Digest",
        "Tercatat di buku besar {when} oleh {who}.": "On record in the ledger since {when}, by {who}.",
        "Neraca ini belum tercatat di buku besar.": "This account is not on record in the ledger yet.",
        "Yang terakhir tercatat berbeda: {digest}…": "The one last put on record is another: {digest}…",
        "Periksa kapan saja: notifier statement {n} --check SIDIK. Dilihat {when}.": (
            "Check it at any time: notifier statement {n} --check DIGEST. Seen {when}."
        ),
        "Catat di buku besar, lalu cetak": "Put on record, then print",
        "Sidik neraca dicatat di buku besar; silakan cetak.": "The digest is on record; print the page now.",
        # the desk
        "Aduan": "Complaints",
        "menurut sisa waktu": "by time left",
        "Saring aduan": "Filter complaints",
        "Tentang": "About",
        "Semua": "All",
        "Saring": "Filter",
        "mendesak": "urgent",
        "janji terlewat": "promise broken",
        "jawaban belum terkirim": "answer not delivered",
        "(tanpa kata-kata)": "(no words)",
        "tanpa wilayah": "no region",
        "belum ditugaskan": "not assigned",
        "Tidak ada aduan yang menunggu": "No complaint is waiting",
        "Aduan muncul di sini begitu warga menulis lewat SMS, Telegram, atau surel. Yang paling mendesak "
        "selalu di atas.": (
            "Complaints appear here as soon as citizens write by SMS, Telegram or e-mail. The most urgent "
            "is always on top."
        ),
        "Tidak ada yang cocok": "Nothing matches",
        "Lihat semua aduan terbuka": "Show all open complaints",
        "Jawaban belum terkirim karena:": "The answer was not delivered because:",
        "Percakapan": "Conversation",
        "Menjawab pemberitahuan": "Answers the notice",
        "Tentang penyaluran": "About the round",
        "Warga": "Citizen",
        "warga": "citizen",
        "sistem": "system",
        "Catatan internal": "Internal note",
        "Lampiran": "Attachment",
        "{n} kB": "{n} kB",
        "Diubah warga: {n} versi sebelumnya": "Edited by the citizen: {n} earlier versions",
        "Belum terkirim karena:": "Not delivered because:",
        "Jawab warga": "Answer the citizen",
        "Dikirim lewat {channel}. Warga akan membacanya.": "Sent by {channel}. The citizen will read it.",
        "Isi jawaban": "Answer",
        "Hanya untuk petugas. Tidak pernah dikirim kepada warga.": "For staff only. Never sent to the citizen.",
        "Isi catatan": "Note",
        "Simpan catatan": "Keep the note",
        "Janji": "Promise",
        "dipenuhi": "kept",
        "terlambat": "late",
        "berhenti sementara": "standing still",
        "Tidak ada tenggat yang berjalan.": "No deadline is running.",
        "Cara menghitungnya": "How it is reckoned",
        "Pelapor": "Reporter",
        "tidak dikenal": "unknown",
        "Ditampilkan sekali ini; pembukaan ini tercatat dengan alasannya.": (
            "Shown this once; the look is recorded with its reason."
        ),
        "Terdaftar sebagai penerima.": "Registered as a recipient.",
        "Belum dicocokkan dengan daftar penerima.": "Not matched with the register yet.",
        "Identitas pelapor dirahasiakan. Jawaban Anda tetap sampai kepadanya.": (
            "The reporter's identity is kept secret. Your answer still reaches them."
        ),
        "Tidak dikenal. Jawaban Anda tetap sampai kepadanya.": "Unknown. Your answer still reaches them.",
        "Buka identitas": "Open the identity",
        "Mengapa perlu diketahui?": "Why must it be known?",
        "Buka dan catat": "Open and record",
        "Tindakan": "Acts",
        "Ditangani oleh": "Handled by",
        "belum ada": "none yet",
        "Tugaskan kepada": "Assign to",
        "Tugaskan": "Assign",
        "Alasan": "Reason",
        "Wajib untuk menolak dan merujuk: warga akan diberi tahu alasannya.": (
            "Needed to reject and to refer: the citizen will be told."
        ),
        "Riwayat": "History",
        "Jawaban disimpan; dikirim 20 detik lagi.": "The answer is kept; it leaves in 20 seconds.",
        "Jawaban Anda menunggu sampai {at}, sebelum dikirim.": "Your answer waits until {at} before it leaves.",
        "Kategori diubah.": "The category is changed.",
        "Kategori diubah; aduan itu kini hanya terlihat oleh kantor di atas.": (
            "The category is changed; only the office above sees that complaint now."
        ),
        "Catatan internal disimpan.": "The internal note is kept.",
        "Tindakan dicatat.": "The act is recorded.",
        "Aduan ditugaskan.": "The complaint is assigned.",
        "tanpa tenggat": "no deadline",
        "terlambat {span}": "{span} late",
        "{span} lagi": "{span} left",
        "{n} hari": "{n} days",
        "{n} menit": "{n} minutes",
        "kurang dari semenit": "less than a minute",
        # templates
        "Templat": "Templates",
        "Semua yang kami katakan": "Everything we say",
        "Satu pesan untuk setiap peristiwa, jalur dan bahasa. Yang diterbitkan di sini mengalahkan kata-kata bawaan.": (
            "One message for each event, channel and language. What is published here wins over the shipped words."
        ),
        "draf": "draft",
        "bawaan": "shipped",
        "terbit": "published",
        "draf {n} menunggu": "draft {n} waits",
        "Salah": "Error",
        "Saran": "Advice",
        "baris {line}, kolom {column}": "line {line}, column {column}",
        "Tidak ada yang salah.": "Nothing is wrong.",
        "Periksa dan lihat": "Check and look",
        "Simpan draf": "Save the draft",
        "Terbitkan": "Publish",
        "Anda dapat membaca, tetapi tidak mengubah.": "You may read, not change.",
        "Yang diterima warga": "What the citizen receives",
        "{n} segmen, {alphabet}, {units} satuan": "{n} segments, {alphabet}, {units} units",
        "Contoh orang": "Sample person",
        "Lihat": "Look",
        "Kembali ke kata-kata bawaan": "Back to the shipped words",
        "Yang dapat disebut": "What can be named",
        "Kembali ke kata-kata bawaan.": "Back to the shipped words.",
        "Terbit: mulai sekarang dipakai.": "Published: in force from now on.",
        "Draf disimpan.": "The draft is saved.",
        "Halaman warga dan kata yang kami pahami": "The citizens' pages and the words we understand",
        "kata": "words",
        "halaman": "page",
        "Riwayat versi": "Versions",
        "Pakai lagi v{n}": "Use v{n} again",
        "Isinya": "What it says",
        "belum ada; dijawab dalam bahasa Indonesia": "not there yet; answered in Indonesian",
        "Yang diterima petugas": "What colleagues receive",
        "{n} huruf": "{n} characters",
        "{price} per pesan": "{price} a message",
        "{n} orang direncanakan: {price}": "{n} people planned: {price}",
        "1.000 orang: {price}": "1,000 people: {price}",
        "Semua jalur dan bahasa": "Every channel and language",
        "Setiap jalur dan bahasa, berdampingan, dengan draf yang menunggu. Ketuk bahasanya untuk mengubah.": (
            "Every channel and language side by side, with the drafts that wait. Choose a language to change it."
        ),
        "Kata-kata bawaan bahasa ini belum ditinjau penutur asli.": (
            "The shipped words of this language await a native reader."
        ),
        "sudah ditinjau": "reviewed",
        "Yang diubah draf": "What the draft changes",
        "Ganti huruf yang tak dikenal SMS": "Replace what SMS lacks",
        "Setujui draf ini": "Agree to this draft",
        "Kirim uji ke alamat sendiri": "Send a test to an address of yours",
        "Kirim uji": "Send the test",
        "Perbarui tampilan surel": "Draw the mail again",
        "Buang draf": "Discard the draft",
        "Surel seperti dilihat pembaca": "The mail as its reader sees it",
        "boleh kosong": "may be empty",
        "misalnya": "such as",
        "Cara menyebutnya": "How it is said",
        "Lihat halamannya": "See the page",
        "Kata dan ejaan yang ditambahkan pada yang sudah kami pahami. Tidak ada yang dihapus.": (
            "Words and spellings added to those we understand already. Nothing is taken away."
        ),
        "Isi": "Text",
        "Coba satu kalimat warga": "Try a citizen's sentence",
        "Sekarang dipahami sebagai": "Now understood as",
        "dengan kata ini": "with these words",
        "Yang dibaca warga": "What citizens read",
        "Sudah ditinjau: sekarang dapat diterbitkan.": "Reviewed: it can be published now.",
        "Draf dibuang.": "The draft is discarded.",
        "Versi lama dipakai lagi.": "The older version is in force again.",
        "Pesan uji sedang dikirim.": "The test is on its way.",
        "Yang dibaca warga di halaman ini. Yang berada dalam kurung kurawal diisi oleh halaman.": (
            "What citizens read on this page. What stands in braces is filled in by the page."
        ),
        # one round
        "Sisa dari": "The rest of",
        "menyusul siaran {n}": "follows broadcast {n}",
        "Riwayat perubahan": "History",
        "Belum ada catatan perubahan.": "No change is on record yet.",
        "Jadwal dan tempat": "Time and place",
        "Versi": "Version",
        "Ubah": "Change",
        "ubah": "change",
        "batalkan": "cancel",
        "Batalkan penyaluran": "Cancel the round",
        "Ubah penyaluran": "Change the round",
        "Sebelum disimpan, akibatnya ditunjukkan lebih dahulu.": "What follows is shown before anything is saved.",
        "Untuk membukanya lagi, impor kalender dengan STATUS BUKA.": (
            "To open it again, import a calendar with the STATUS BUKA."
        ),
        "mungkin sudah membaca yang lama; mereka mendapat ralat: {what}.": (
            "may have read the old words; they get a correction: {what}."
        ),
        "mungkin sudah membaca yang lama, tetapi penyaluran sudah lewat: tidak ada ralat.": (
            "may have read the old words, but the round is over: there is no correction."
        ),
        "Belum ada yang diberi tahu: tidak perlu ralat.": "Nobody was told yet: no correction is needed.",
        "Ditarik": "Withdrawn",
        "Direncanakan lagi": "Planned again",
        "untuk {n} orang yang belum diberi tahu": "for {n} people who were not told yet",
        "Semua rencana menunggu persetujuan; tidak ada yang terkirim dengan sendirinya.": (
            "Every plan waits for approval; nothing leaves by itself."
        ),
        "Ada isian yang perlu diperbaiki.": "Some fields need mending.",
        "Jam setempat penyaluran": "Local time of the round",
        "Dalam rupiah; kosongkan untuk barang.": "In rupiah; leave empty for goods.",
        "Lihat akibatnya": "See what follows",
        "Akibatnya": "What follows",
        "Simpan perubahan": "Save the change",
        "Tidak ada yang berbeda dari sekarang.": "Nothing differs from how it is.",
        "Ubah isian, lalu tekan Lihat akibatnya: siapa yang perlu ralat, rencana mana yang ditarik dan dibuat lagi. "
        "Belum ada yang disimpan.": (
            "Change the fields, then press See what follows: who needs a correction, which plans are withdrawn and "
            "made again. Nothing is saved yet."
        ),
        "Ya, batalkan penyaluran ini": "Yes, cancel this round",
        "Perubahan disimpan. Yang menyusul disiapkan sekarang dan menunggu persetujuan.": (
            "The change is saved. What follows is being prepared and waits for approval."
        ),
        "Kata-kata yang disetujui": "Words that were approved",
        # conflicts
        "Konflik data": "Data conflicts",
        "NIK sama, nama berbeda": "same NIK, another name",
        "{n} menunggu keputusan": "{n} wait for a decision",
        "konflik data menunggu keputusan": "data conflicts to decide",
        "Sampai diputuskan, yang pertama berlaku. Setiap keputusan tercatat dengan nama Anda.": (
            "Until it is decided, the first stands. Every decision is recorded with your name."
        ),
        "Baris kedua: berkas {file}, baris {line}, diimpor {at} oleh {who}": (
            "Second row: file {file}, line {line}, imported {at} by {who}"
        ),
        "Kolom": "Column",
        "Yang berlaku": "Who stands",
        "Baris kedua": "Second row",
        "berbeda": "differs",
        "Apa arti ketiga keputusan?": "What do the three decisions mean?",
        "Baris kedua salah; tidak ada yang berubah.": "The second row is wrong; nothing changes.",
        "Nama dan isian lain dari baris kedua menggantikan yang berlaku. Isian yang kosong tidak menghapus apa pun.": (
            "The name and other fields of the second row replace what stands. An empty cell erases nothing."
        ),
        "Ini dua orang: salah satu NIK keliru. Yang berlaku tetap, dan ditandai untuk diverifikasi.": (
            "These are two people: one NIK is wrong. Who stands stays, and is marked to be verified."
        ),
        "Tidak ada konflik": "No conflicts",
        "Bila sebuah berkas memakai NIK yang sudah terdaftar dengan nama lain, barisnya menunggu di sini.": (
            "When a file uses a NIK that is registered under another name, its row waits here."
        ),
        "Ke awal daftar": "To the beginning of the list",
        "Kosongkan untuk mengirim segera setelah disetujui.": "Leave empty to send as soon as it is approved.",
        # finding a ticket, and its conversation
        "Nomor aduan": "Complaint number",
        "Cari": "Find",
        "Tidak ada aduan bernomor “{typed}” di wilayah Anda. Periksa huruf dan angkanya.": (
            "No complaint has the number “{typed}” in your region. Check its letters and digits."
        ),
        "dari alamat lain, belum diverifikasi": "from another address, not verified",
        "dipotong": "cut",
        # what people answered about receipt
        "Cakupan": "Coverage",
        "Cakupan menurut desa": "Coverage by village",
        "Yang diam": "The silent",
        "Desa": "Village",
        "Sudah terima": "Received",
        "Belum terima": "Not received",
        "Diam": "Silent",
        "Lainnya": "Other",
        "Ditanya": "Asked",
        "Terakhir": "Last",
        "{n} kali": "{n} times",
        "Belum ada": "Nothing yet",
        "Sudah dan belum terima: kata warga sendiri, YA atau TIDAK; yang terakhir berlaku.": (
            "Received and not received: the citizen's own word, YA or TIDAK; the last one counts."
        ),
        "Diam: pertanyaan sampai, tidak ada jawaban.": "Silent: the question arrived, nothing came back.",
        "Tak terjangkau: tidak ada pesan yang sampai.": "Unreachable: no message arrived.",
        "Lainnya: belum ditanya, masih dikirim, atau menjawab hal lain.": (
            "Other: not asked yet, still being sent, or answered something else."
        ),
        "Penerima penyaluran ini belum ditentukan: mereka dicatat saat siaran pertamanya disiapkan.": (
            "The recipients of this round are not drawn yet: that happens when its first broadcast is prepared."
        ),
        "Pertanyaan “sudah diterima?” sampai kepada mereka, dan belum ada jawaban.": (
            "The question “received?” reached them, and they have not answered."
        ),
        "Mereka ditanya sekali lagi lewat jalur lain, bila ada.": "They are asked once more elsewhere, if possible.",
        "Tidak ada yang diam: belum ditanya, atau semua sudah menjawab.": (
            "Nobody is silent: not asked yet, or everybody has answered."
        ),
        # one look at a broadcast
        "Sekilas": "At a glance",
        "Sebab, dan selanjutnya": "Reason, and what is next",
        "Dicetak {when}": "Printed {when}",
        "Diikuti oleh": "Followed by",
        "Menurut sebab": "By reason",
        "Selesai": "Done",
        "Perkiraan selesai melewati batas waktunya, {when}.": "It is reckoned to end after its last moment, {when}.",
        "Sisanya direncanakan sebagai": "The rest is planned as",
        "Rencanakan sisanya": "Plan the rest",
        "Sudah diberi tahu": "Told",
        "lihat neraca": "see the statement",
        "dari {n}": "of {n}",
        "Belum diberi tahu, dan mengapa": "Not told, and why",
        "Neraca": "Account",
        "Belum sempat dikirimi": "Never reached",
        "Mengirim sisanya sekarang berarti hasil orang-orang pertama tidak ditunggu.": (
            "Letting the others go now means that nobody waits to see how the first ones fared."
        ),
        "Sisanya direncanakan. Admin lain perlu menyetujuinya.": (
            "The rest is planned. Another admin has to approve it."
        ),
        # who may see a ticket, and the second person
        "Menunggu persetujuan kedua": "Waiting for a second person",
        "Usul dicatat. Akun lain harus menyetujuinya; warga belum diberi tahu.": (
            "The proposal is recorded. Another account has to agree; the citizen has not been told."
        ),
        "diusulkan oleh": "proposed by",
        "Warga akan membaca:": "The citizen will read:",
        "Setujui dan lakukan": "Agree and do it",
        "Kembalikan usul": "Send it back",
        "Aduan tertutup diakhiri oleh dua orang: akun lain yang berhak menjawab harus menyetujuinya.": (
            "A hidden complaint takes two people to end: another account that may answer has to agree."
        ),
        "Kerahasiaan": "Secrecy",
        "tertutup": "hidden",
        "Tidak terlihat oleh kantor di {place}; terlihat dari {region}. Diakhiri oleh dua orang.": (
            "Not seen by the office of {place}; seen from {region}. Ended by two people."
        ),
        "pusat": "the ministry",
        "Pungutan dan potongan yang disebut": "Levies and deductions that are named",
        "Rahasiakan pelapor": "Keep the reporter secret",
        "Buka untuk kantor setempat": "Give back to the local office",
        "Tutup dari kantor setempat": "Hide from the local office",
        "Mengapa?": "Why?",
        "Simpan dan catat": "Save and record",
        "Identitas pelapor dirahasiakan.": "The reporter is kept secret.",
        "Siapa yang melihat aduan ini sudah diubah.": "Who sees this complaint was changed.",
        "Usul dikembalikan.": "The proposal was sent back.",
        # beside a conversation
        "Simpan lampiran": "Save the attachment",
        "Lampiran dari warga": "Attachment from the citizen",
        "Buka gambar": "Open the picture",
        "Pembukaan dicatat.": "The look is recorded.",
        "Konsep tersimpan": "Draft kept",
        "Sedang dilihat juga oleh": "Also being looked at by",
        "punya konsep jawaban": "has a draft answer",
        "album, {n} pesan": "album of {n} messages",
        "dipisahkan menjadi": "split off as",
        "Tampilkan kutipan": "Show what it quotes",
        "Jadikan aduan tersendiri": "Make it a complaint of its own",
        "Pisahkan": "Split off",
        "Yang berubah sejak Anda membuka halaman ini": "What changed since you opened this page",
        "Lihat percakapan dan riwayat di bawah.": "See the conversation and the history below.",
        "Tulisan Anda masih ada di bawah dan belum dikirim. Periksa, lalu kirim lagi bila masih benar.": (
            "What you wrote is still below and was not sent. Check it, then send it again if it still holds."
        ),
        "Warga akan membacanya: lewat SMS, atau di halaman Lacak dengan nomor dan kodenya.": (
            "The citizen will read this: by SMS, or on the tracking page with their number and code."
        ),
        "Jawaban siap pakai": "Answers kept for often",
        "Sisipkan": "Insert",
        "Isi jawaban untuk warga": "Answer to the citizen",
        "Simpan konsep": "Keep draft",
        "Yang paling sedikit bebannya": "Whoever has least to do",
        "tidak masuk sampai {day}": "away until {day}",
        "Kode": "Code",
        "Bahasa": "Language",
        "Nilai": "Amount",
        "Menurut catatan pembayaran": "What the payment record says",
        "catatan: {record}": "record: {record}",
        "sejak {day}": "since {day}",
        "Tidak ada catatan pembayaran untuk orang ini.": "The payment record has nothing about this person.",
        "Pemberitahuan kepada orang ini": "Messages to this person",
        "lewat jalur": "on line",
        "Belum pernah dikirimi apa pun tentang penyaluran ini.": "Nothing was sent about this round so far.",
        "Aduan lain dari orang ini": "Other complaints of this person",
        "Terkait": "Related",
        "Bagian dari insiden": "Part of incident",
        "Jamnya berjalan di sana.": "Its clock runs there.",
        "Keluarkan dari insiden": "Take it out of the incident",
        "Lepas": "Unlink",
        "Kaitkan dengan aduan lain": "Link with another complaint",
        "Kaitkan": "Link",
        "Jadikan insiden": "Make it an incident",
        "Bila banyak warga mengalami hal yang sama: satu jawaban dikirim kepada semua, satu jam berjalan.": (
            "When many citizens met the same thing: one answer goes to all, one clock runs."
        ),
        "Apa yang terjadi?": "What happened?",
        "Buka insiden": "Open the incident",
        "Insiden": "Incident",
        "{n} aduan": "{n} complaints",
        "Aduan terbaru di dalamnya": "Its newest complaints",
        "sedang dikirim, {n} sudah": "on its way, {n} so far",
        "terkirim kepada {n}, {skipped} sudah selesai lebih dahulu": "went to {n}; {skipped} were settled before",
        "Kumpulkan aduan ini": "Gather these complaints",
        "Kumpulkan": "Gather",
        "Kumpulkan semua yang terbuka tentang penyaluran ini": "Gather all open ones about this round",
        "Jawab semua warga dalam insiden": "Answer every citizen of the incident",
        "Dikirim kepada {n} warga, masing-masing lewat jalurnya sendiri. Sebelum dikirim Anda melihat jumlahnya.": (
            "Goes to {n} citizens, each on their own channel. You see the counts before it is sent."
        ),
        "Lihat dahulu: jawaban": "Preview: answer",
        "Lihat dahulu: dinyatakan selesai": "Preview: resolved",
        "Lihat dahulu: ditolak": "Preview: rejected",
        "Jawab semua": "Answer all",
        "Kirim kepada {n} warga?": "Send to {n} citizens?",
        "Siapa yang menerimanya": "Who gets it",
        "Belum ada aduan di dalam insiden ini.": "This incident has gathered no complaint yet.",
        "Salam dan penutup mengikuti bahasa warga.": "Greeting and close are in the citizen's language.",
        "Isi yang sama dalam {language}": "The same in {language}",
        "bila kosong, warga menerima isi di atas": "if empty, citizens get the words above",
        "Setiap warga ditanya apakah sudah beres.": "Every citizen is asked whether it is settled.",
        "Kirim kepada {n} warga": "Send to {n} citizens",
        "Tulis atau ubah": "Write or change",
        "Nama pendek": "Short name",
        "Judul untuk petugas": "Title for colleagues",
        "Periksa dan simpan": "Check and keep",
        "Tidak ditawarkan lagi": "Offer no more",
        "Kehadiran petugas": "Who is here",
        "Aduan terbuka milik yang tidak masuk diberikan kepada rekan dengan beban paling sedikit, paling banyak {cap} "
        "aduan seorang.": (
            "Open complaints of whoever is away go to the colleagues with least to do, at most {cap} each."
        ),
        "{n} aduan terbuka": "{n} open complaints",
        "Sudah kembali": "Back again",
        "Tidak masuk sampai dengan": "Away up to and including",
        "Catat": "Record",
        "Aduan untuk warga": "Complaint for a citizen",
        "Aduan dibuka": "Complaint opened",
        "Bacakan atau tuliskan untuk warga": "Read this out or write it down for the citizen",
        "Nomor ini juga dikirim lewat SMS.": "The number also goes out by SMS.",
        "Warga tidak punya nomor telepon: ia membaca jawaban di halaman Lacak dengan nomor dan kode ini. Kode hanya "
        "ditampilkan sekali.": (
            "The citizen has no phone: they read answers on the tracking page with this number and code. The code is "
            "shown this once."
        ),
        "Ke halaman aduan": "To the complaint",
        "Mungkin menyangkut kantor setempat, jadi ditangani kantor di atas Anda dan tidak tampak di sini.": (
            "It may be about the local office, so the office above yours sees to it, and your list does not show it."
        ),
        "Buka aduan lain": "Open another",
        "yang menelepon, datang, atau bersurat": "who calls, visits or writes a letter",
        "Bagaimana warga menyampaikannya": "How the citizen told it",
        "Yang disampaikan, dengan kata-kata warga": "What was told, in the citizen's words",
        "Nomor telepon": "Phone number",
        "kosongkan bila tidak punya": "leave empty if they have none",
        "boleh kosong; hanya untuk mencari di daftar, tidak disimpan": (
            "may be empty; only looked up in the register, not kept"
        ),
        "kode, boleh kosong": "code, may be empty",
        "Kode penyaluran": "Code of the round",
        "Warga minta identitasnya dirahasiakan": "The citizen wants their identity kept secret",
        "Warga setuju aduan ini dibuka atas namanya": "The citizen agrees to this complaint being opened for them",
        "Buka aduan": "Open the complaint",
        "Aduan ditugaskan kepada {name}.": "The complaint was assigned to {name}.",
        "Konsep disimpan. Hanya Anda yang melihatnya.": "Draft kept. Only you see it.",
        "Kaitan dilepas.": "Unlinked.",
        "Aduan dikaitkan.": "Linked.",
        "Gabungkan ke aduan lain": "Merge into another complaint",
        "Warganya tetap punya nomor, jalur, dan jamnya; yang dilakukan pada aduan itu berlaku juga untuknya.": (
            "Its citizen keeps number, channel and clock; what is done about that complaint is done about this one too."
        ),
        "Gabungkan ke nomor": "Merge into number",
        "Mengapa digabung?": "Why merge?",
        "Gabungkan": "Merge",
        "Penanggung jawab": "Assignee",
        "petugas {n}": "colleague {n}",
        "Hitung janji": "Reckon a promise",
        "Kapan jatuh tempo?": "When is it due?",
        "Kalender kantor": "Office calendar",
        "jam kantor biasa": "usual office hours",
        "Menit kerja": "Working minutes",
        "Jeda {n} dari": "Pause {n} from",
        "Jeda {n}": "Pause {n}",
        "Jeda yang tidak dihitung": "Pauses that do not count",
        "sampai": "to",
        "jeda": "pause",
        "Hitung": "Reckon",
        "Bila janji diubah": "If the promise changes",
        "Tempelkan tabel [calendars.…] dan [policies.…] seperti di config.toml. Tidak ada yang disimpan.": (
            "Paste tables [calendars.…] and [policies.…] as in config.toml; the others stay. Nothing is kept."
        ),
        "Tabel baru": "New tables",
        "Aduan terbuka": "Open complaints",
        "Janjinya lain": "Promised otherwise",
        "Tenggat maju": "Due earlier",
        "Tenggat mundur": "Due later",
        "Langsung terlewat": "Broken at once",
        "Yang dihitung: {n} aduan yang tenggatnya paling dekat.": "Looked at: the {n} complaints that are due first.",
        "Aduan {number} berdiri sendiri lagi.": "Complaint {number} stands by itself again.",
        "Ditangani bersama aduan": "Handled together with",
        "Batalkan gabungan": "Undo the merge",
        "Bila digabung karena keliru: aduan ini berdiri sendiri lagi, dengan nomor, jalur, dan jamnya.": (
            "If it was merged in error: it stands by itself again, with its number, channel and clock."
        ),
        "Apa yang keliru?": "What was mistaken?",
        "Aduan {number} digabung ke sini.": "Complaint {number} was merged into this one.",
        "Pesan itu menjadi aduan {number}.": "That message became complaint {number}.",
        "Jawaban siap pakai disimpan.": "The answer is kept.",
        "Dicatat: sudah kembali.": "Recorded: back again.",
        "Dicatat. {given} aduan diberikan kepada rekan lain, {waiting} menunggu petugas.": (
            "Recorded. {given} complaints went to others, {waiting} wait for somebody."
        ),
        "Insiden {number} dibuka.": "Incident {number} opened.",
        "{came} aduan dikumpulkan; {rest} tidak dapat: sudah selesai, rahasia, tertutup, atau sudah dalam insiden.": (
            "{came} complaints gathered; {rest} could not be: settled, confidential, hidden, or in an incident already."
        ),
        "Aduan ini ditangani tersendiri; jamnya berjalan lagi.": "It is handled by itself; its clock runs again.",
        "Jawaban disimpan; dikirim kepada {n} warga 20 detik lagi.": "Kept; it leaves for {n} citizens in 20 seconds.",
        "Aduan {0} berstatus “{1}”, jadi “{2}” tidak dapat dilakukan. Yang dapat dilakukan: {3}.": (
            "Ticket {0} is “{1}”, so “{2}” is not possible. What is possible: {3}."
        ),
        "Aduan {0} berstatus “{1}”, jadi “{2}” tidak dapat dilakukan; tidak ada tindakan lain yang mungkin.": (
            "Ticket {0} is “{1}”, so “{2}” is not possible; nothing else is."
        ),
        "Aduan menurut {by}": "Complaints by {by}",
        "{n} terbanyak": "the {n} largest",
        "{n} aduan, {open} masih terbuka": "{n} complaints, {open} still open",
        "Selesai ditangani": "Seen to",
        "Masih terbuka": "Still open",
        "Terjadi di": "Happened in",
        "ditahan; dikirim {at}": "held; leaves {at}",
        # the promise of a ticket
        "Janji terlewat dan belum ada yang menanganinya; atasan berikutnya akan diberi tahu.": (
            "A promise is broken and nobody has taken it on; the next office above will be told."
        ),
        "Saya tangani": "I see to it",
        "Jam layanan dihentikan petugas": "The desk stopped the service clock",
        "standar layanan diganti": "policy changed",
        "versi": "version",
        "{n} hari kerja": "{n} working days",
        "jam kerja": "working hours",
        "sejak": "since",
        "berkas lengkap": "complete file",
        "tidak dihitung": "not counted",
        "berhenti": "stands",
        "jam tidak dihitung": "hours not counted",
        "hari kerja ke-{n}": "working day {n}",
        "jam": "h",
        "sisa": "leaves",
        "peringatan {n} %": "warning at {n}%",
        "tenggat": "due",
        "terbuka selama berhenti": "open while it stands still",
        "semula": "at first",
        "pelanggaran dicatat": "breach recorded",
        "ditangani petugas sejak": "taken by staff since",
        "Lanjutkan jam layanan": "Let the service clock go on",
        "Hentikan jam layanan": "Stop the service clock",
        "Lanjutkan": "Go on",
        "Menunggu apa?": "Waiting for what?",
        "Alasannya tercatat dan tampil dalam perhitungan. Jam hukum tidak berhenti.": (
            "The reason is recorded and shows in the arithmetic. The legal clock does not stop."
        ),
        "Hentikan": "Stop",
        "Rujuk ke instansi lain": "Refer elsewhere",
        "Instansi": "Body",
        "Nomor surat": "Letter no.",
        "Alasan untuk warga": "Reason for the citizen",
        "Warga diberi tahu instansinya, nomor suratnya, dan alasannya.": (
            "The citizen is told the body, the letter and the reason."
        ),
        "Rujuk dan beri tahu warga": "Refer and tell the citizen",
        "Alarm ini Anda tangani; atasan tidak diberi tahu lagi.": (
            "You see to this alarm; nobody above is told any more."
        ),
        "Aduan dirujuk; warga sedang diberi tahu.": "The complaint was referred; the citizen is being told.",
        # the radar
        "Halaman aduan": "Pages of the desk",
        "Daftar": "List",
        "Radar": "Radar",
        "Laporan": "Reports",
        "90 hari terakhir": "last 90 days",
        "Alarm": "Alarms",
        "{n} orang mengadu; menurut penyaluran lain {expected} yang wajar.": (
            "{n} people complain; by the other rounds {expected} would be usual."
        ),
        "Bukti: {n} aduan": "Evidence: {n} complaints",
        "Ditindaklanjuti oleh": "Taken up by",
        "Saya tindak lanjuti": "I take this up",
        "Dicatat: Anda menindaklanjuti alarm ini.": "Recorded: you take up this alarm.",
        "Tidak ada alarm. Alarm berbunyi sekali, bila sedikitnya tiga orang berbeda mengadukan penyaluran yang sama, "
        "dan itu lebih dari yang dapat dijelaskan kebetulan.": (
            "No alarm. One rings once when at least three different people complain of the same round, and that is "
            "more than chance explains."
        ),
        "Aduan per titik penyaluran": "Complaints by distribution point",
        "Titik dan penyaluran": "Point and round",
        "Wajar": "Usual",
        "tidak wajar": "unusual",
        "Belum ada aduan tentang penyaluran.": "No complaint about a round yet.",
        "Pungutan dan potongan yang disebut warga": "Levies and deductions that citizens name",
        "Jumlah": "Amount",
        "Contoh kata-katanya": "Words, for example",
        "Belum ada yang menyebut pungutan atau potongan.": "Nobody has named a levy or deduction yet.",
        "Tercatat disalurkan, warga menjawab belum terima": "Recorded as paid, the citizen says not received",
        "Dijawab": "Answered",
        "Tidak ada.": "None.",
        "saat diadukan: {venue}": "when complained of: {venue}",
        # keys of a ticket's page
        "berikutnya": "next",
        "sebelumnya": "previous",
        "ambil": "take",
        "jawab": "answer",
        "jawab, selesai": "answer, settled",
        "catatan": "note",
        "ke daftar": "to the list",
        "Janji yang diubah sedang diterapkan: {n} aduan terbuka masih menunggu dihitung ulang.": (
            "A changed promise is being adopted: {n} open complaints are yet to be reckoned anew."
        ),
        "semua tombol": "all keys",
        "aduan berikutnya, sebelumnya dari daftar tadi": "the next, the previous complaint of that list",
        "jawab warga; Ctrl Enter mengirim": "answer the citizen; Ctrl Enter sends",
        "jawab dan nyatakan selesai; Ctrl Enter mengirim": "answer and call it settled; Ctrl Enter sends",
        "keluar dari kotak, lalu ke daftar": "leave the box, then to the list",
        # reports
        "Laporan meja pengaduan": "Reports of the complaint desk",
        "Terbuka": "Open",
        "Nomor": "Number",
        "Menurut": "By",
        "Dari": "From",
        "Sampai": "Until",
        "Tampilkan": "Show",
        "Janji ditepati": "Promise kept",
        "Jawaban pertama": "First answer",
        " jam": " h",
        "Umur yang terbuka": "Age of open ones",
        "Dibuka kembali": "Reopened",
        "Kepuasan (1–5)": "Satisfaction (1–5)",
        "Aduan yang dibuka {first} sampai {last}.": "Complaints opened from {first} to {last}.",
        " jam kerja": " working h",
        "{hours} jam dinding": "{hours} h by the wall clock",
        "Cara menghitung": "How it is reckoned",
        "Bagian aduan yang tidak satu pun tenggatnya terlewat.": "Part of those of which no promise was broken.",
        "Rata-rata dari aduan dibuka sampai seseorang menjawab, dalam jam kerja menurut kalender janjinya: istirahat, "
        "malam, dan hari libur tidak dihitung. Di sampingnya menurut jam dinding. Pesan otomatis dan jawaban yang "
        "ditarik kembali bukan jawaban; saran dan pujian hanya punya jam dinding.": (
            "On average from the opening until a person answered, in working hours by the calendar of its promise: "
            "lunch, nights and days off are none. Beside it by the clock on the wall. What the system writes by itself "
            "and answers that were taken back are no answers; suggestions and praise have the wall clock only."
        ),
        "Rata-rata umur aduan yang masih terbuka, menurut jam dinding.": (
            "On average the age of those still open, by the clock on the wall."
        ),
        "Bagian dari yang pernah dinyatakan selesai.": "Part of those ever called settled.",
        "Rata-rata nilai dari warga; dalam kurung berapa yang memberi nilai.": (
            "On average what citizens gave; in brackets how many did."
        ),
        "tanpa keterangan": "not given",
        "Ambil CSV": "Take CSV",
        "Ambil XLSX": "Take XLSX",
        "Tidak ada aduan yang dibuka pada hari-hari ini.": "No complaint was opened on these days.",
        "Berkas aduan": "Case file",
        "Cetak berkas dengan bukti": "Case file with its proof",
        "Dibuka": "Opened",
        "Berakhir": "Ended",
        "Dicetak": "Printed",
        "Kami": "We",
        "Sebelumnya": "Before",
        "Bukti buku besar": "Proof of the ledger",
        "Yang tidak cocok dengan buku besar:": "What does not agree with the ledger:",
        "Keadaan, riwayat, dan setiap kata di berkas ini cocok dengan buku besar.": (
            "State, history and every word of this file agree with the ledger."
        ),
        "Yang terbaru masih menunggu mata rantainya.": "The newest acts still wait for their link.",
        "Siapa": "Who",
        "Mata rantai": "Link",
        "notifier verify membuktikan seluruh rantai; nomor dan awal mata rantai di atas menunjukkan tempat "
        "tindakan ini di dalamnya.": (
            "notifier verify proves the whole chain; the numbers and beginnings of links above show the place of "
            "these acts in it."
        ),
        # the list
        "terbaru di atas": "newest first",
        "Pintasan papan ketik": "Keyboard shortcuts",
        "Nomor aduan, kata, NIK, atau nomor HP": "Complaint number, words, NIK or phone",
        "Saringan": "Filters",
        "Titik penyaluran": "Distribution point",
        "Umur": "Age",
        "{n} hari atau lebih": "{n} days or more",
        "Masuk dari": "Opened from",
        "Masuk sampai": "Opened until",
        "cocok dengan saringan": "match",
        "Hapus saringan": "Clear the filters",
        "Longgarkan saringannya, atau cari di semua aduan, juga yang sudah selesai.": (
            "Loosen the filters, or search in all complaints, settled ones too."
        ),
        "Cari di semua aduan": "Search in all complaints",
        "Belum ada aduan milik Anda": "No complaint is yours yet",
        "Ambil dari yang belum ditugaskan, mulai dari yang paling atas.": (
            "Take from those that are nobody's, beginning with the first."
        ),
        "Lihat yang belum ditugaskan": "See the unassigned",
        "Semua aduan sudah ada penanggung jawabnya": "Somebody answers for every complaint",
        "Lanjutkan milik saya": "Go on with mine",
        "Tidak ada di sini": "Nothing here",
        "Pilih": "Select",
        "Untuk aduan yang dipilih": "For the selected complaints",
        "Ambil": "Take",
        "Kategori baru": "New category",
        "Kategorikan": "Categorise",
        "Petugas": "Colleague",
        "Caranya": "How",
        "Isi jawaban untuk setiap warga": "Answer to each citizen",
        "Lihat dahulu": "Look first",
        "Isi catatan, hanya untuk petugas": "Note, for staff only",
        "aduan berikutnya, sebelumnya": "next, previous complaint",
        "buka aduan": "open the complaint",
        "pilih, atau batal memilih": "select, or unselect",
        "ambil: menjadi milik saya": "take: assign to me",
        "gabungkan ke aduan lain": "merge into another ticket",
        "insiden: jadikan, atau kumpulkan": "incident: open one, or gather",
        "ubah kategori; ketik huruf awalnya, lalu Enter": "category; type its first letters, then Enter",
        "jawab warga; Ctrl Enter untuk melihat dahulu": "answer the citizen; Ctrl Enter to look first",
        "jawab dan nyatakan selesai": "answer and resolve",
        "catatan internal; Ctrl Enter menyimpan": "internal note; Ctrl Enter saves it",
        "tarik kembali jawaban yang baru dikirim": "take back answers just sent",
        "cari": "search",
        "kembali ke daftar": "back to the list",
        "bantuan ini": "this help",
        "Bila tidak ada yang dipilih, yang dimaksud adalah aduan tempat Anda berada.": (
            "When none is selected, the complaint where you are is meant."
        ),
        "Tutup": "Close",
        "{n} aduan menjadi milik Anda.": "{n} complaints are yours now.",
        "{n} aduan ditugaskan.": "{n} complaints assigned.",
        "{n} aduan dikategorikan.": "{n} complaints categorised.",
        "Catatan internal disimpan pada {n} aduan.": "Internal note saved in {n} complaints.",
        "{n} jawaban disimpan; dikirim 20 detik lagi.": "{n} answers saved; they leave in 20 seconds.",
        "{n} jawaban ditahan 20 detik sebelum dikirim.": "{n} answers are held for 20 seconds before they leave.",
        "Tarik kembali": "Take back",
        "{n} jawaban ditarik kembali; tidak dikirim.": "{n} answers taken back; they do not leave.",
        "Dan {n} lagi tidak dapat.": "And {n} more could not.",
        "Jawaban untuk {n} warga": "Answer to {n} citizens",
        "Kirim; 20 detik masih dapat ditarik": "Send; can be taken back for 20 seconds",
        "Kembali, jangan kirim": "Back, do not send",
        "Tidak akan dijawab:": "Will not be answered:",
        "Warga menulis:": "The citizen wrote:",
        "Mencari orang": "Looking for a person",
        "Pencarian ini dicatat di buku besar. Aduan rahasia tidak ditampilkan.": (
            "This look-up is recorded in the ledger. Confidential complaints are not shown."
        ),
        "Tidak ada orang dengan nomor ini di wilayah Anda.": "Nobody has this number in your region.",
        "Tidak ada aduan dari nomor ini": "No complaint from this number",
        "Bila orangnya menulis dari nomor lain, cari dengan nomor aduan atau kata-katanya.": (
            "If the person wrote from another number, search by complaint number or words."
        ),
        "Kembali ke daftar": "Back to the list",
        # keys of the API
        "Kunci API": "API keys",
        "Dengan kunci, sistem lain bekerja di sini atas nama sebuah akun.": (
            "With a key another system works here in an account's name."
        ),
        "Dokumentasi API": "API documentation",
        "Kunci baru (hanya ditampilkan sekali)": "New key (shown this once)",
        "Salin sekarang dan simpan di tempat aman. Kami hanya menyimpan sidik jarinya.": (
            "Copy it now and keep it safe. We keep only its fingerprint."
        ),
        "Buat kunci": "Make a key",
        "Milik sistem apa": "Whose it is",
        "Bekerja atas nama akun": "Acts for the account",
        "Yang boleh dilakukan": "What it may do",
        "Wilayah (kosong: seluruh wilayah akun)": "Area (empty: all of the account's)",
        "Permintaan per menit": "Requests a minute",
        "Berlaku berapa hari (kosong: sampai dicabut)": "Days it lives (empty: until it is revoked)",
        "Yang dijalankan atas persetujuan dua orang hanya dapat diberikan pada kunci akun Anda sendiri.": (
            "What takes two people can be given only to a key of your own account."
        ),
        "Belum ada kunci": "There are no keys yet",
        "Cabut": "Revoke",
        "Kunci dicabut.": "The key was revoked.",
        "berlaku": "works",
        "dicabut": "revoked",
        "habis masanya": "over",
        "akun ditutup": "account disabled",
        "Akun": "Account",
        "Terakhir dipakai": "Last used",
        "belum pernah": "never",
        "Berlaku sampai": "Lives until",
        "Dibuat": "Made",
        "Semua kunci": "All keys",
        # rounds: list, calendar, points
        "Kalender": "Calendar",
        "Penyaluran baru": "New round",
        "Dibuka mulai": "Opens from",
        "Dibuka sampai": "Opens until",
        "Tidak ada penyaluran yang cocok dengan saringan ini.": "No round fits this filter.",
        "titik tutup pada hari itu": "the point is closed on that day",
        "di luar jam buka titik": "outside the point's opening hours",
        "{n} orang sehari, titik menampung {most}": "{n} people a day, the point takes {most}",
        "{n} orang sejam, titik melayani {most}": "{n} people an hour, the point serves {most}",
        "Tidak cocok dengan titiknya": "Does not fit its point",
        "dan {n} lagi": "and {n} more",
        "Kalender penyaluran": "Calendar of rounds",
        "Bulan": "Month",
        "Bulan sebelumnya": "Month before",
        "Bulan ini": "This month",
        "Bulan berikutnya": "Next month",
        "Terlalu banyak untuk satu halaman: yang pertama 500 ditampilkan. Saring menurut program atau wilayah.": (
            "Too many for one page: the first 500 are shown. Filter by programme or region."
        ),
        "hari ini": "today",
        "{n} orang, titik menampung {most}": "{n} people, the point takes {most}",
        "Jumlah orang: hitungan rencana terbaru setiap penyaluran, dibagi rata pada hari-hari titiknya buka.": (
            "People: as the newest plan of each round counted them, spread over the days on which its point is open."
        ),
        "Nama tetapnya: huruf, angka, titik, garis; tanpa spasi.": "Its name for ever: letters, digits, dots, dashes.",
        "Seperti dibaca warga: Desember 2026.": "As citizens read it: Desember 2026.",
        "Wilayah yang dilayani, misalnya 31.75.07.": "The area it serves, such as 31.75.07.",
        "Kode titik penyaluran (boleh kosong)": "Code of the distribution point (may be empty)",
        "Tempat dan alamat diambil dari titik.": "Venue and address are read from the point.",
        "Jam setempat wilayah penyaluran.": "In the time of the round's region.",
        "Yang perlu dibawa atau diketahui": "What to bring or to know",
        "Buat penyaluran": "Write the round",
        "Penyaluran dibuat. Pengingat dan pertanyaannya disiapkan sekarang dan menunggu persetujuan.": (
            "Round written. Its reminders and its question are prepared now and wait for approval."
        ),
        "Hanya titiknya yang berubah; tidak ada yang perlu diberi tahu.": (
            "Only the point changes; nobody need hear of it."
        ),
        "Titik": "Point",
        "Titik baru": "New point",
        "Ubah titik": "Change the point",
        "tutup": "closed",
        "buka": "open",
        "jam buka belum diisi": "opening hours not known",
        "kapasitas belum diisi": "capacity not known",
        "{n} orang sehari": "{n} people a day",
        "Belum ada titik": "No points yet",
        "Admin mengimpor titik dari berkas CSV atau XLSX, atau membuatnya satu per satu di sini.": (
            "An admin imports points from a CSV or XLSX file, or makes them one by one here."
        ),
        "Penyaluran yang akan datang di sini": "Rounds to come here",
        "jumlah orang belum dihitung": "people not counted yet",
        "Belum ada penyaluran yang akan datang di titik ini.": "No round is to come at this point.",
        "Koordinat": "Coordinates",
        "Jam buka": "Opening hours",
        "Kapasitas sehari": "People a day",
        "Kapasitas sejam": "People an hour",
        "Penyaluran baru di sini": "New round here",
        "Misalnya Sen-Jum 08:00-15:00; Sab 08:00-12:00": "Such as Sen-Jum 08:00-15:00; Sab 08:00-12:00",
        "Berapa orang; kosong: tidak diketahui.": "How many people; empty: not known.",
        "Lintang (boleh kosong)": "Latitude (may be empty)",
        "Bujur (boleh kosong)": "Longitude (may be empty)",
        "Ubah isian, lalu tekan Lihat akibatnya: penyaluran mana yang ikut berubah, dan siapa yang perlu ralat.": (
            "Change the fields and press See what follows: which rounds change with it, and who needs a correction."
        ),
        "Tidak ada penyaluran yang ikut berubah.": "No round changes with it.",
        "Titik disimpan.": "Point saved.",
        "Titik disimpan. Penyaluran di sana ikut berubah; ralatnya disiapkan sekarang dan menunggu persetujuan.": (
            "Point saved. Rounds there change with it; their corrections are prepared now and wait for approval."
        ),
        "Kode ini sudah dipakai titik lain.": "Another point has this code.",
        "Kode ini sudah dipakai penyaluran lain.": "Another round has this code.",
        # webhooks
        "Webhook": "Webhooks",
        "Sistem lain diberi tahu begitu sesuatu terjadi: aduan, kiriman, siaran. Tanpa nama, nomor, atau kata-kata "
        "warga.": (
            "Other systems are told as soon as something happens: complaints, messages, broadcasts. Without names, "
            "numbers or words of citizens."
        ),
        "Rahasia webhook (hanya ditampilkan sekali)": "The webhook's secret (shown this once)",
        "Salin sekarang. Dengan ini sistem penerima memeriksa tanda tangan setiap kabar.": (
            "Copy it now. With it the receiving system checks the signature of all it is told."
        ),
        "Rahasia yang lama masih ikut menandatangani selama satu hari.": "The secret before signs too for a day.",
        "Tambah webhook": "Add a webhook",
        "Alamat (https)": "Address (https)",
        "Kabar yang dikirim": "What it is told",
        "Juga aduan yang disembunyikan dari kantor terkait": "Complaints hidden from the office concerned, too",
        "Wilayah (kosong: seluruh wilayah Anda)": "Area (empty: all of yours)",
        "Semua webhook": "All webhooks",
        "dimatikan": "switched off",
        "dijeda": "paused",
        "gagal {n} kali berturut-turut": "failed {n} times in a row",
        "menyala": "on",
        "Menunggu dikirim": "Waiting to be told",
        "Belum ada webhook": "There are no webhooks yet",
        "Keterangan": "What it is",
        "Aduan tersembunyi": "Hidden complaints",
        "Gagal sejak": "Fails since",
        "Rahasia lama berlaku sampai": "The secret before holds until",
        "Jeda": "Pause",
        "Nyalakan": "Switch on",
        "Kirim ulang, ganti rahasia, hapus": "Tell again, change the secret, remove",
        "Semua kabar sejak berapa hari (paling banyak {n})": "Everything of how many days (at most {n})",
        "Ganti rahasia": "Change the secret",
        "Hapus webhook": "Remove the webhook",
        "Catatan pengiriman": "Log of calls",
        "ditahan": "withheld",
        "jawaban {n}": "answer {n}",
        "percobaan ke-{n}": "try {n}",
        "diterima": "taken",
        "gagal": "failed",
        "menunggu": "waiting",
        "ya": "yes",
        "tidak": "no",
        "Dicoba lagi": "Tried again",
        "Belum ada yang dikirim": "Nothing was told yet",
        "Lebih lama": "Older",
        "Uji coba sedang dikirim; hasilnya muncul di catatan.": "A try is on its way; the log tells what came of it.",
        "Webhook dijeda. Yang terjadi disimpan dahulu, paling lama seminggu.": (
            "The webhook is paused. What happens is kept for it, a week at most."
        ),
        "Webhook dinyalakan.": "The webhook is on.",
        "{n} kabar dikirim ulang.": "{n} events are told again.",
        "Webhook dihapus.": "The webhook was removed.",
        # the studio: answers, conversations, what is broken
        "Ditawarkan di halaman aduan; petugas membaca dan mengubahnya dahulu sebelum dikirim.": (
            "Offered on the page of a complaint; a colleague reads and changes them before anything is sent."
        ),
        "Jawaban baru": "A new answer",
        "Tulis": "Write",
        "rusak": "broken",
        "Yang kami katakan dalam percakapan. Setiap langkah dengan pilihannya harus muat dalam satu SMS; yang berada "
        "dalam kurung kurawal kami isi.": (
            "What we say in conversations. Each step with its choices has to fit one SMS; what stands in braces is "
            "filled in by us."
        ),
        "Baris pertama adalah judul untuk petugas; di bawahnya isi jawaban. Tanpa isi, jawaban ini tidak ditawarkan "
        "lagi.": (
            "The first line is the title for colleagues, the answer stands below it. Without words the answer is "
            "offered no more."
        ),
        "Kata dan ejaan yang ditambahkan pada yang sudah kami pahami. Kata bawaan yang salah dimatikan di bawah "
        "[without.spelling] atau [without.concepts].": (
            "Words and spellings that are added to those we understand. Shipped words that are wrong are turned off "
            "under [without.spelling] or [without.concepts]."
        ),
        "Pesan uji sedang dikirim, persis seperti yang diterima warga, dengan tanda [UJI].": (
            "A test is being sent, just as citizens would receive it, marked [TEST]."
        ),
        "Lihat hasilnya": "See what became of it",
        "Menunggu seseorang": "Waiting for somebody",
        # entitlements
        "Penerima": "People",
        "Penerima dan status bantuannya": "People and the status of their aid",
        "Status bantuan": "Status of the aid",
        "Sejak": "Since",
        "Pemberitahuan": "Notice",
        "Ubah status yang dipilih": "Change the status of those selected",
        "Status baru": "New status",
        "Tanggal (boleh kosong)": "Day (may be empty)",
        "Alasan, dibaca warga (boleh kosong)": "Reason, read by citizens (may be empty)",
        "Yang bantuannya disalurkan, gagal atau ditunda diberi tahu.": "Who was paid, was not, or has to wait is told.",
        "Beberapa perubahan berdekatan menjadi satu pesan.": "Several changes close together become one message.",
        "Ubah status": "Change the status",
        "Tidak ada penerima dengan status ini.": "Nobody has this status.",
        "Pilih orangnya dan status barunya.": "Select people and their new status.",
        "Status {n} orang diubah; {told} orang diberi tahu.": "Status of {n} people changed; {told} are told.",
        "{n} orang sudah berstatus itu.": "{n} people had that status already.",
        "{n} orang tidak diubah": "{n} people were not changed",
        # programmes
        "Program": "Programmes",
        "Simpan": "Save",
        "lalu": "then",
        "{n} hari sebelum penyaluran dibuka": "{n} days before the round opens",
        "pada hari penyaluran dibuka": "on the day the round opens",
        "{n} hari sesudah penyaluran dibuka": "{n} days after the round opens",
        "pukul {hour}": "at {hour}",
        "Tidak ada yang direncanakan dengan sendirinya.": "Nothing is planned by itself.",
        "{n} penyaluran akan datang": "{n} rounds to come",
        "terdekat {when}": "next {when}",
        "lihat": "look",
        "tidak ada penyaluran yang akan datang": "no round to come",
        "Penyaluran terbaru dan cakupannya": "Newest rounds and whom they reached",
        "{told} dari {n} orang diberi tahu": "{told} of {n} people told",
        "belum diumumkan": "not announced yet",
        "Diberi tahu: pengumuman penyaluran sampai kepada mereka.": "Told: the announcement reached them.",
        "Belum ada penyaluran program ini di wilayah Anda.": "This programme has no round in your region yet.",
        "Semua penyaluran program ini": "All rounds of this programme",
        "Seperti konfigurasi; belum pernah diubah.": "As the configuration says; never changed.",
        "Tangga saluran": "Ladder of channels",
        "Bila satu saluran gagal, yang berikutnya dicoba. Saluran yang dipilih warga didahulukan.": (
            "When one channel fails, the next is tried. The one a citizen prefers goes first."
        ),
        "Direncanakan dengan sendirinya": "Planned by itself",
        "Ubah program": "Change the programme",
        "Nama, seperti dibaca warga": "Name, as citizens read it",
        "Dicoba ke-{n}": "Tried as number {n}",
        "Pengingat, hari sebelum penyaluran dibuka": "Reminders, days before the round opens",
        "0: pada harinya. Kosong: tanpa pengingat.": "0: on the day itself. Empty: no reminders.",
        "Jam pengingat, waktu setempat penyaluran": "Hour of reminders, in the round's own time",
        "Tanyakan apakah bantuan sudah diterima": "Ask whether the aid was received",
        "Hari sesudah penyaluran dibuka": "Days after the round opens",
        "Mengapa diubah": "Why it is changed",
        "Berlaku di semua wilayah.": "Holds in every region.",
        "Rencana yang belum disetujui dan tidak lagi sesuai ditarik; yang sudah disetujui tetap.": (
            "Plans that nobody approved yet and that no longer fit are taken back; approved ones stay."
        ),
        "Program diubah. Penyaluran yang akan datang disesuaikan; rencana barunya menunggu persetujuan.": (
            "Programme changed. Rounds to come are brought in line; their new plans wait for approval."
        ),
        "Tulis alasannya, paling banyak 200 huruf.": "Write the reason, at most 200 characters.",
        "Isi nama program, paling banyak 120 huruf.": "Write the programme's name, at most 120 characters.",
        "Pilih saluran yang ada jalurnya, masing-masing satu kali; paling sedikit satu.": (
            "Choose channels that have a line, each once; at least one."
        ),
        "Tulis hari sebelum penyaluran dengan koma, misalnya 3, 1, 0; paling banyak enam, paling awal 31.": (
            "Write days before the round with commas, such as 3, 1, 0; at most six, 31 at the earliest."
        ),
        "Tulis jam seperti 09:00.": "Write an hour such as 09:00.",
        "Tulis jumlah hari, 0 sampai 31.": "Write a number of days, 0 to 31.",
        # registers that come in by the page
        "Impor": "Import",
        "Impor {n}": "Import {n}",
        "daftar penerima, penyaluran, status, kunjungan": "people, rounds, payment records, visits",
        "Unggah berkas": "Upload a file",
        "Jenis daftar": "Kind of register",
        "Berkas CSV atau XLSX, paling besar {n} MB": "CSV or XLSX file, {n} MB at most",
        "atau seret berkasnya ke sini": "or drag the file here",
        "Berkas sedang diunggah; halaman ini berpindah sendiri.": "The file is on its way; this page will move on.",
        "Unggah dan lihat dahulu": "Upload and look first",
        "Berkas diperiksa dahulu; tidak ada yang diubah sebelum Anda memulainya.": (
            "The file is looked at first; nothing is changed before you start it."
        ),
        "Kolom yang dikenal": "Known columns",
        "Yang tebal wajib ada.": "Bold ones are needed.",
        "Yang pernah diunggah": "Uploaded before",
        "{n} baris": "{n} rows",
        "{n} dari {m} baris": "{n} of {m} rows",
        "{n} persen": "{n} percent",
        "Belum ada yang diunggah": "Nothing was uploaded yet",
        "Yang diimpor lewat perintah notifier import tidak muncul di sini.": (
            "What was imported by the command notifier import is not listed here."
        ),
        "sedang dihentikan": "is being stopped",
        "Menunggu giliran.": "Waits for its turn.",
        "Halaman ini boleh ditutup: pekerjaan berlanjut, juga setelah layanan dimulai ulang.": (
            "This page may be closed: the work goes on, also after the service was started anew."
        ),
        "Muat ulang": "Reload",
        "Diunggah {at} oleh {who}": "Uploaded {at} by {who}",
        "hanya wilayah {region}": "region {region} only",
        "berakhir {at}": "ended {at}",
        "Batalkan": "Cancel",
        "Baris yang sudah masuk tetap; berkas yang sama boleh diimpor lagi dan tidak mengubah apa pun dua kali.": (
            "Rows that are in stay; the same file may be imported again and changes nothing twice."
        ),
        "Impor gagal": "The import failed",
        "Dibatalkan setelah {n} baris. Yang sudah masuk tetap; impor lagi berkas yang sama untuk sisanya.": (
            "Cancelled after {n} rows. What is in stays; import the same file again for the rest."
        ),
        "Dibatalkan; tidak ada yang diubah.": "Cancelled; nothing was changed.",
        "Hasil impor": "What came of it",
        "Yang akan terjadi": "What would happen",
        "Baris": "Rows",
        "Berkas ini": "This file",
        "memang lengkap: penerimanya berkurang": "is whole: there are fewer people now",
        "hanya sebagian: yang lain tetap, dan berkas berikutnya dibandingkan dengan yang lengkap terakhir": (
            "is a part only: the others stay, and the next file is compared with the last whole one"
        ),
        "Berkas ini hanya sebagian dari daftar wilayahnya": "This file is only a part of its area's register",
        "Mulai impor": "Start the import",
        "Buang berkas ini": "Throw this file away",
        "Belum ada yang diubah. Tanpa keputusan, berkas dibuang setelah sehari.": (
            "Nothing was changed yet. Without a decision the file is thrown away after a day."
        ),
        "Putuskan konflik data": "Decide the conflicts",
        "Perbaiki yang ditolak": "Mend what was rejected",
        "Berkas ini hanya memuat baris yang ditolak, dengan alasannya. Perbaiki di sana, lalu unggah lagi; "
        "kolom alasan dilewati. Isinya data pribadi yang terbuka: pengambilan dicatat.": (
            "This file has the rejected rows alone, with their reasons. Mend them there and upload it again; "
            "the column of reasons is read over. It holds personal data in clear: taking it is recorded."
        ),
        "Unduh baris yang ditolak ({form})": "Download the rejected rows ({form})",
        "Baris yang perlu dilihat": "Rows to look at",
        "Sebab, dan cara memperbaikinya": "Why, and how to mend it",
        "Ini {n} baris pertama; yang ditolak semuanya ada di berkasnya.": (
            "These are the first {n} rows; the file of rejected rows has all that were rejected."
        ),
        "Isi berkas": "What is in the file",
        "Judul di baris {n}.": "The header is on line {n}.",
        "{n} kolom lain dilewati.": "{n} other columns are read over.",
        "Tidak ada di berkas, jadi tidak diubah": "Not in the file, so not changed",
        "Baris-baris pertama, nomor dan alamat disamarkan": "The first rows, numbers and addresses masked",
        "Impor dimulai.": "The import has begun.",
        "Impor dibatalkan.": "The import was cancelled.",
        # people, one by one
        "Cari penerima": "Look a person up",
        "NIK, nomor HP, atau kode pesan atau kunjungan, lengkap": (
            "NIK, phone number, or code of a message or visit, whole"
        ),
        "Setiap pencarian dicatat di buku besar.": "Every look-up is recorded in the ledger.",
        "Catatan ini ternyata orang yang sama dengan": "This record turned out to be the same person as",
        "Data orang ini dihapus {at}; hanya angka-angkanya yang tersisa.": (
            "What was kept about this person was erased {at}; only the numbers are left."
        ),
        "STOP SEMUA sejak {at}": "STOP SEMUA since {at}",
        "Identitas": "Identity",
        "Nomor KK": "Family card",
        "Saluran pilihan": "Preferred channel",
        "Ini hanya tampil sekali; pembukaannya dicatat dengan nama dan alasan Anda.": (
            "This is shown once; that you opened it is recorded with your name and reason."
        ),
        "Buka data yang disamarkan": "Open what is masked",
        "Alasan; dicatat bersama nama Anda": "Reason; recorded with your name",
        "Buka": "Open",
        "Kontak": "Contacts",
        "minta berhenti": "asked us to stop",
        "terakhir sampai {at}": "last arrived {at}",
        "belum pernah sampai": "never arrived yet",
        "terakhir gagal {at}": "last failed {at}",
        "Tidak ada kontak: hanya dapat dikunjungi.": "No contact: can only be visited.",
        "Belum pernah dikirimi.": "Was never sent anything.",
        "Program dan hak": "Programmes and entitlements",
        "Tidak ikut program apa pun.": "Enrolled in no programme.",
        "Tidak ada aduan yang terbuka bagi Anda.": "No complaint that you may see.",
        "Perbaiki data": "Put right",
        "Isi hanya yang salah. Berkas yang nanti berkata lain menjadi konflik, tidak menimpa.": (
            "Fill in only what is wrong. A later file that says otherwise becomes a conflict and overwrites nothing."
        ),
        "Simpan perbaikan": "Save",
        "Kontak tidak dipakai lagi": "Use an address no more",
        "Jangan pakai lagi": "Use it no more",
        "Yang dilakukan petugas": "What staff did",
        "Data diperbaiki.": "Put right.",
        "Kontak tidak dipakai lagi.": "The address is not used any more.",
        "Nama, alamat, kontak, bahasa": "Name, address, contacts, language",
        "Permintaan orangnya": "At the person's request",
        "Berikan semua data tentangnya": "Give everything kept about them",
        "Berkas ZIP berisi semua yang disimpan, terbuka. Aduan rahasia tidak termasuk.": (
            "A ZIP with everything that is kept, in clear. Confidential reports are not in it."
        ),
        "Unduh ZIP": "Download ZIP",
        "Hapus datanya": "Erase their data",
        "Nama, NIK, alamat, kontak, dan isi aduannya dihapus; angka dan catatan buku besar tetap. Tidak dapat "
        "dibatalkan.": (
            "Name, NIK, address, contacts and the words of their reports are erased; numbers and the ledger "
            "stay. It can't be undone."
        ),
        "Alasan, tanpa nama; dicatat bersama nama Anda": "Reason, without a name; recorded with yours",
        "Ya, hapus semuanya": "Yes, erase everything",
        "Hapus": "Erase",
        "Data dihapus.": "Erased.",
        # people who may be one
        "dugaan data ganda": "possible duplicates",
        "Data ganda": "Duplicates",
        "orang yang mungkin sama": "people who may be one",
        "Jenis dugaan": "Kind",
        "Dicari sedikit demi sedikit di seluruh daftar. Setiap keputusan dicatat dan tidak ditanyakan lagi.": (
            "Looked for little by little in the whole register. Each decision is recorded and not asked again."
        ),
        "dipakai {n} orang": "used by {n} people",
        "Nomor ini memang dipakai bersama": "This phone is shared indeed",
        "Bila bukan miliknya, buka orangnya dan hentikan kontaknya di sana.": (
            "If it is not theirs, open the person and retire the address there."
        ),
        "Kartu keluarga sama, nama mirip.": "Same family card, alike names.",
        "Bukan orang yang sama": "Not the same person",
        "Orang yang sama": "The same person",
        "Catatan yang dipertahankan": "Record that stays",
        "Tidak ada yang menunggu": "Nothing waits",
        "Bila dua orang sekeluarga bernama mirip, atau satu nomor dipakai banyak orang, mereka muncul di sini.": (
            "When two people of one household have alike names, or many share one phone, they are listed here."
        ),
        "Gabungkan ke catatan lain": "Merge into another record",
        "Catatan ini menunjuk ke sana: kontak, program, hak, dan aduannya pindah; yang sudah dikirim tetap "
        "tercatat di sini.": (
            "This record will point there: contacts, programmes, entitlements and reports move; what was sent "
            "stays on record here."
        ),
        "Nomor catatan yang dipertahankan": "Number of the record that stays",
        "Dua catatan digabung.": "Two records were merged.",
        # the planner
        "Kepada siapa": "To whom",
        "Tanpa pilihan: semua penerima penyaluran ini. Setiap pilihan mempersempitnya.": (
            "Nothing chosen: everybody of this round. Each choice narrows it."
        ),
        "Perkiraan dari {n} orang yang dilihat; dihitung tepat saat Hitung dulu.": (
            "Reckoned from {n} people that were looked at; counted exactly by Reckon first."
        ),
        "Pilih penyaluran untuk melihat berapa orang.": "Choose a round to see how many people.",
        "Belum ada wilayah di dalamnya yang dikenal register.": "The register knows no region inside it yet.",
        "kosong: seluruh {place}": "none: all of {place}",
        "Tidak ada wilayah yang lebih kecil di dalamnya.": "There is no smaller region inside.",
        "Status di penyaluran ini": "Status in this round",
        "Program lain, bahasa, jalur": "Other programmes, language, channel",
        "Juga terdaftar di": "Also approved in",
        "Dapat dihubungi lewat": "Reachable by",
        "Jawaban atas pertanyaan penerimaan": "Answers to the receipt question",
        "Yang menjawab": "Those who",
        "tidak dilihat": "not looked at",
        "Pertanyaan tentang penyaluran": "Question about the round",
        "yang sama": "the same",
        "Daftar dari berkas": "List from a file",
        "{name}: {people} orang dari {rows} baris.": "{name}: {people} people of {rows} rows.",
        "{n} baris tidak dikenal dan tidak ikut:": "{n} rows name nobody we know and are left out:",
        "Hanya yang ada di daftar": "Only those on the list",
        "tanpa daftar": "no list",
        "Bawa daftar baru (CSV atau XLSX, kolom NIK atau KODE)": "Bring a new list (CSV or XLSX, column NIK or KODE)",
        "Baca daftar": "Read the list",
        "Hitung sasaran": "Count the audience",
        "Menurut wilayah": "By area",
        "Bagian yang sudah diberi tahu menurut wilayah; angkanya ada di tabel.": (
            "Share of people told by area; the table has the numbers."
        ),
        "sudah diberi tahu": "told",
        "Dihitung {when}; dihitung lagi paling cepat setiap menit selama ada yang berubah.": (
            "Counted {when}; counted again at most once a minute while anything moves."
        ),
        "Belum dihitung. Wilayah dihitung tak lama sesudah siaran dimulai.": (
            "Not counted yet. Areas are counted soon after a broadcast begins."
        ),
        "{n} pesan per detik dalam semenit terakhir.": "{n} messages a second over the last minute.",
        "Uji coba": "Dry run",
        "Siaran ini untuk banyak orang: kami sedang melihat mereka satu per satu.": (
            "This broadcast is for many people: we are looking at them one by one."
        ),
        "Sedang dihitung": "Being counted",
        "Dihitung {at}.": "Counted {at}.",
        "Hari-hari ini memuat banyak aduan: laporan sedang dihitung dan tampil di sini sebentar lagi.": (
            "These days hold many tickets: the report is being counted and will be here in a moment."
        ),
        "Sejauh ini {n} persen dari register.": "So far {n} per cent of the register.",
        "Uji coba siaran ini tidak disimpan.": "No dry run of this broadcast was kept.",
        "Rencana berulang": "Plans that come again",
        "Buat rencana berulang": "Make a plan that comes again",
        "Berikutnya {when}": "Next {when}",
        "Belum ada rencana berulang": "There is no plan that comes again yet",
        "Satu rencana, disetujui sekali, lalu dibuat sendiri untuk setiap penyaluran satu "
        "program: H-3, H-1, hari H, pertanyaan H+2, atau tiap bulan.": (
            "One plan, approved once, then made by itself for every round of a programme: three days before, one day "
            "before, on the day, the question two days after, or every month."
        ),
        "Setujui rencana ini?": "Approve this plan?",
        "Sesudah disetujui, setiap siarannya dibuat dan dikirim sendiri pada waktunya, "
        "asalkan tidak lebih dari {n} orang; yang lebih besar menunggu persetujuan.": (
            "Once approved, each of its broadcasts is made and sent by itself at its time, up to {n} people; a larger "
            "one waits for approval."
        ),
        "Setujui": "Approve",
        "Anda yang membuat rencana ini; admin lain perlu menyetujuinya.": (
            "You made this plan; another admin approves it."
        ),
        "Yang akan datang": "To come",
        "Bila disetujui sekarang.": "If it is approved now.",
        "Belum ada yang lain dalam dua bulan ke depan.": "No other in the next two months.",
        "Yang sudah dibuat": "Made so far",
        "Belum ada.": "None yet.",
        "Paling banyak tiap kali": "At most each time",
        "Jeda juga menjeda yang sudah dibuat dan belum mulai. Mengakhiri tidak dapat dibatalkan.": (
            "A pause also pauses what was made and has not begun. Ending can't be undone."
        ),
        "Nama rencana": "Name of the plan",
        "Kode wilayah (kosong: semua wilayah Anda)": "Code of the region (none: all that is yours)",
        "Berulang menurut": "Comes again by",
        "Hari": "Day",
        "H-3, H-1, H atau H+2 dari hari pembukaan penyaluran; "
        "untuk bulanan tanggal 1 sampai 28, tentang penyaluran yang buka atau segera dibuka.": (
            "H-3, H-1, H or H+2 from the day the round opens; for a month a day from 1 to 28, about rounds that are "
            "open or open soon."
        ),
        "Jam, menurut jam setempat penyaluran": "Hour, by the round's own clock",
        "Paling banyak orang tiap kali": "People at most each time",
        "Siaran yang lebih besar dari ini tidak dikirim sendiri: ia menunggu persetujuan.": (
            "A broadcast larger than this is not sent by itself: it waits for approval."
        ),
        "Batas biaya tiap kali, rupiah (boleh kosong)": "Cap each time, rupiah (optional)",
        "Pemberitahuan umum berulang": "General notice that comes again",
        "Tentang penyaluran satu program": "About the rounds of a programme",
        "Mingguan: senin sampai minggu, atau 1 sampai 7; bulanan: tanggal 1 sampai 28.": (
            "Weekly: 1 (Monday) to 7 (Sunday); monthly: a day from 1 to 28."
        ),
        "Jam, menurut jam setempat wilayahnya": "Hour, by the clock of its area",
        "Ganti kata-katanya": "Change the words",
        "Ganti": "Change",
        "Sesudah diganti, tidak ada yang keluar sampai admin lain menyetujui kata-kata yang baru.": (
            "Once changed, nothing leaves until another admin approves the new words."
        ),
        "Kata-katanya diganti. Admin lain perlu menyetujuinya lagi.": "Changed. Another admin approves them anew.",
        "ditarik": "taken back",
        "Tiap penyaluran diuji bersama siarannya sendiri, sehari sebelum waktunya.": (
            "Each round is tried out with its own broadcast, a day before its time."
        ),
        "tiap {day} pukul {hour}": "every {day} at {hour}",
        "tiap tanggal {day} pukul {hour}": "on day {day} of each month at {hour}",
        "{day} pukul {hour}": "{day} at {hour}",
        "Uji coba: contoh pesan, jam, biaya, dan siapa yang tidak terjangkau": (
            "Dry run: sample messages, hours, price, and who cannot be reached"
        ),
        "terpanjang": "longest",
        "terpendek": "shortest",
        "{n} segmen": "{n} segments",
        "{n} pesan per detik": "{n} messages a second",
        "Selesai sekitar {when}, bila jalurnya tidak dipakai siaran lain.": (
            "Through at about {when}, if no other broadcast uses its lines."
        ),
        "Pesan pertama {when}.": "First message {when}.",
        "Perkiraan biaya {price} melebihi batas {cap}.": "It is reckoned at {price}, above the cap of {cap}.",
        "Perkiraan biaya {price}, di bawah batas {cap}.": "It is reckoned at {price}, below the cap of {cap}.",
        "Tidak seorang pun dapat dihubungi.": "Nobody can be reached.",
        "Yang tidak terjangkau, dan mengapa": "Who cannot be reached, and why",
        "Lihat orangnya": "See the people",
        "Contoh pesan kepada orang sebenarnya": "Sample messages to real people",
        # groups and channels where schedules are posted
        "Grup Telegram": "Telegram groups",
        "Tempat jadwal pembagian dikirim. Tambahkan bot ke grup, atau jadikan admin kanal: kodenya muncul di sana.": (
            "Where dates are posted. Add the bot to a group, or make it an admin of a channel: its code shows there."
        ),
        "tanpa nama": "without a name",
        "dipakai": "in use",
        "menunggu konfirmasi": "waits to be confirmed",
        "Kode di grup": "Code in the group",
        "Ditambahkan": "Added",
        "Kiriman terakhir": "Last post",
        "Berhenti mengirim ke sini": "Post nothing here any more",
        "Kode wilayah": "Code of the area",
        "Seperti 31.75.07. Cocokkan dulu kode di atas dengan yang muncul di grup.": (
            "Such as 31.75.07. First compare the code above with the one that shows in the group."
        ),
        "Kirim jadwal wilayah ini ke sini": "Post the dates of this area here",
        "Belum ada grup": "No groups yet",
        "Begitu bot ditambahkan ke sebuah grup, grup itu muncul di sini.": (
            "Once the bot is added to a group, it shows here."
        ),
        "Grup dikonfirmasi; jadwal wilayahnya dikirim ke sana.": "Confirmed; the dates of its area are posted there.",
        "Jadwal tidak lagi dikirim ke grup itu.": "No more dates are posted there.",
        # figures: the day, programmes, channels, cost
        "Yang terlambat": "What is late",
        "Yang rusak": "What is broken",
        "Yang masuk": "What came in",
        "Jalur {line} beristirahat": "Line {line} rests",
        "Impor {name} gagal": "Import {name} failed",
        "Webhook {name} tidak menjawab": "Webhook {name} does not answer",
        "Pengiriman terhambat; lihat catatan sistem": "Sending is held up; see the system's log",
        "Tidak ada yang terlambat dan tidak ada yang rusak.": "Nothing is late and nothing is broken.",
        # all that will go out
        "Yang akan keluar": "What will go out",
        "Semua yang belum dimulai, yang terdekat dahulu: rencana orang, pengingat dan pertanyaan program, dan yang "
        "dibuat rencana berulang.": (
            "All that has not begun, the nearest first: people's plans, the programmes' reminders and questions, and "
            "what plans that come again make."
        ),
        "Pengingat tiap program": "Reminders of each programme",
        "{n} siaran disetujui.": "{n} broadcasts approved.",
        "Yang ini tidak disetujui": "These were not approved",
        "Daftar ini tidak lengkap: yang paling dekat saja.": "This list is not whole: only the nearest.",
        "Setujui yang dicentang": "Approve what is ticked",
        "Masing-masing dikirim pada waktunya. Bila jumlah orangnya sudah jauh berubah, yang itu tidak "
        "ikut disetujui.": (
            "Each leaves at its time. Where the number of people has changed much, that one is not approved."
        ),
        "Tidak ada yang akan keluar": "Nothing will go out",
        "Pengingat disiapkan sendiri begitu sebuah penyaluran dibuat; siaran lain direncanakan.": (
            "Reminders are prepared by themselves once a round is made; other broadcasts are planned."
        ),
        "Bersama pengingat program dan semua siaran lain yang belum dimulai:": (
            "Together with the programmes' reminders and every other broadcast that has not begun:"
        ),
        # a general notice
        "Pemberitahuan umum": "General notice",
        "Kata-kata kantor sendiri, tidak tentang satu penyaluran.": "Words of the office, about no round.",
        "Tentang satu penyaluran": "About a round",
        "Tidak tentang satu penyaluran, misalnya peringatan pungutan?": "About no round, such as a warning of levies?",
        "Tulis pemberitahuan umum": "Write a general notice",
        "Kata-katanya": "The words",
        "Paling banyak {n} huruf, tanpa tautan dan tanpa nomor orang. Nama penerima, pengirim, dan kode ASLI "
        "ditambahkan oleh templatnya.": (
            "At most {n} letters, without links and without anybody's number. The reader's name, the sender and the "
            "ASLI code are added by its template."
        ),
        "Waktu kirim, menurut jam setempat wilayahnya": "When to send, in the local time of its area",
        "Tanpa pilihan: semua orang yang terdaftar di wilayah Anda. Setiap pilihan mempersempitnya.": (
            "Nothing chosen: everybody registered in your area. Each choice narrows it."
        ),
        "Tulis kata-katanya, pilih kepada siapa, lalu tekan Hitung dulu: berapa orang, lewat apa, berapa biayanya, "
        "berapa lama.": (
            "Write the words, choose whom, then reckon: how many people, by which way, at what cost, how long."
        ),
        "Program, bahasa, jalur": "Programme, language, channel",
        "Terdaftar di": "Registered in",
        "Langkah pertama": "First steps",
        "{done} dari {n} selesai": "{done} of {n} done",
        "selesai": "done",
        "Mulailah dengan daftar penerima; sesudahnya titik penyaluran dan penyalurannya, dari berkas di sini atau "
        "satu per satu di halaman Penyaluran.": (
            "Begin with the register; after it the distribution points and their rounds, from files here or one by one "
            "on the page Rounds."
        ),
        "Sesudahnya buat penyaluran di titik itu.": "After that make a round at that point.",
        "Sesudahnya pengingatnya disiapkan sendiri dan menunggu persetujuan; pengumumannya Anda rencanakan.": (
            "Its reminders are then prepared by themselves and wait for approval; its announcement is yours to plan."
        ),
        "Sebelum siaran pertama, kirim satu uji coba lewat tiap jalur kepada diri sendiri.": (
            "Before the first broadcast, send one test over each line to yourself."
        ),
        "Baru ada satu admin. Tidak ada yang menyetujui siarannya sendiri: tambahkan satu admin lagi.": (
            "There is only one admin. Nobody approves their own broadcast: add another admin."
        ),
        "Daftar ini mencentang dirinya dari data, dan hilang sesudah siaran pertama berjalan.": (
            "This list ticks itself off from the data, and is gone once the first broadcast has begun."
        ),
        "Aduan yang dibuka hari ini": "Complaints opened today",
        "{n} mendesak": "{n} urgent",
        "Belum ada aduan yang dibuka hari ini.": "No complaints were opened today.",
        "Jawaban atas siaran di halaman ini": "Answers to the broadcasts on this page",
        "Angka": "Figures",
        "Kesehatan saluran": "Health of lines",
        "Biaya kirim": "Cost of sending",
        "Angka {code}": "Figures of {code}",
        "semua wilayah": "all areas",
        "Ke wilayah di atasnya": "To the area above",
        "Hak bantuan": "Entitlements",
        "Konfirmasi": "Confirmation",
        "Aduan per 1.000": "Complaints per 1,000",
        "Menurut penyaluran": "By round",
        "semuanya": "all of them",
        "Penyaluran terlama sampai terbaru: jawaban warga. Tabel di bawah memuat angkanya.": (
            "Oldest to newest round: what citizens answered. The table below has the figures."
        ),
        "Cakupan: bagian yang diberi tahu. Konfirmasi: bagian dari yang diberi tahu yang mengatakan sudah "
        "terima. Aduan per 1.000 orang yang diberi tahu.": (
            "Coverage: the part that was told. Confirmation: the part of those told who say they have received. "
            "Complaints per 1,000 people told."
        ),
        "Angka dihitung {when}.": "Counted {when}.",
        "Angka muncul beberapa menit setelah siaran pertama sebuah penyaluran disiapkan.": (
            "Figures appear some minutes after the first broadcast of a round is prepared."
        ),
        "Diterima penyedia": "Taken by the provider",
        "Sedang dikirim": "Being sent",
        "Tidak pasti": "Not certain",
        "Gagal": "Failed",
        "Terkirim": "Delivered",
        "Sampai tanda terima": "Until the receipt",
        "detik": "seconds",
        "Beristirahat": "Rested",
        "Percobaan {line} tiap hari. Tabel di bawah memuat angkanya.": (
            "Attempts of {line} each day. The table below has the figures."
        ),
        "Sebab kegagalan": "Why attempts failed",
        "Bagian": "Part",
        "Hari demi hari": "Day by day",
        "masih": "still",
        "Tidak ada yang dikirim lewat jalur ini pada hari-hari ini.": "Nothing was sent on this line on these days.",
        "Kapan jalur ini beristirahat": "When this line rested",
        "Tiap percobaan dihitung pada hari ia dimulai. Tanda terima yang datang lebih dari tiga hari kemudian "
        "tidak mengubah angka.": (
            "Each attempt counts on the day it began. A receipt that comes more than three days later changes no "
            "figure."
        ),
        "Rupiah per orang": "Rupiah a person",
        "Terpakai": "Used",
        "Siaran yang waktunya jatuh pada hari-hari ini. Batas biaya: yang direncanakan; terpakai: bagian dari "
        "batas itu, untuk siaran yang punya batas. Jawaban kepada warga tidak termasuk.": (
            "Broadcasts whose time lies on these days. Cap: what was planned; used: the part of it that was "
            "spent, for broadcasts that have one. Answers to citizens are not in it."
        ),
        "Tidak ada siaran yang dikirim pada hari-hari ini.": "No broadcasts were sent on these days.",
        "Angka program ini": "Figures of this programme",
        "Kesehatan saluran hari demi hari": "How lines fared, day by day",
        # accounts, sessions, the second step, the ledger
        "Kode masuk": "Sign-in code",
        "Langkah kedua": "Second step",
        "Kode itu salah, sudah dipakai, atau sudah lewat. Tunggu kode berikutnya. "
        "Setelah 5 kali salah, akun terkunci 15 menit.": (
            "That code is wrong, was used before, or is over. Wait for the next one. After 5 wrong ones the account is "
            "locked for 15 minutes."
        ),
        "Kode 6 angka dari aplikasi autentikator": "6-digit code of the authenticator app",
        "Ponsel hilang? Isi salah satu kode pemulihan. Bila habis, mintalah admin mematikan langkah kedua Anda.": (
            "Phone lost? Type one of the recovery codes. If none is left, ask an admin to reset your second step."
        ),
        "Masuk dengan akun lain": "Sign in with another account",
        "Langkah kedua saat masuk": "Second step at sign-in",
        "Akun saya": "My account",
        "aktif": "on",
        "belum aktif": "not on yet",
        "Simpan kode pemulihan ini": "Keep these recovery codes",
        "Hanya tampil sekali. Tiap kode menggantikan ponsel Anda satu kali. "
        "Cetak atau tulis, lalu simpan di tempat yang terkunci, jangan di ponsel yang sama.": (
            "Shown this once. Each code stands in for your phone once. Print or write them down, and keep them locked "
            "away, not on the same phone."
        ),
        "Sudah saya simpan": "I have kept them",
        "Peran Anda wajib memakainya. Halaman lain terbuka setelah ini selesai.": (
            "Your role must have it. Other pages open once this is done."
        ),
        "1. Pindai dengan aplikasi autentikator": "1. Scan with an authenticator app",
        "Aplikasi apa pun yang mengenal TOTP: Aegis, FreeOTP, Google Authenticator, Microsoft Authenticator, "
        "atau pengelola kata sandi.": (
            "Any app that knows TOTP: Aegis, FreeOTP, Google Authenticator, Microsoft Authenticator, or a password "
            "manager."
        ),
        "Kode QR; isinya sama dengan kunci di bawah": "QR code; it says the same as the key below",
        "Tidak dapat memindai? Ketik kunci ini": "Can't scan? Type this key",
        "Buka di aplikasi pada ponsel ini": "Open in the app on this phone",
        "2. Isi kode yang tampil": "2. Type the code it shows",
        "Aktifkan": "Switch on",
        "Setelah itu Anda mendapat 10 kode pemulihan, dan sesi Anda di perangkat lain berakhir.": (
            "You then get 10 recovery codes, and your sessions on other devices end."
        ),
        "Aktif sejak {at}. Kode pemulihan tersisa: {n}.": "On since {at}. Recovery codes left: {n}.",
        "Buat yang baru.": "Make new ones.",
        "Kode pemulihan baru": "New recovery codes",
        "Yang lama tidak berlaku lagi.": "The old ones open nothing any more.",
        "Kode dari aplikasi, atau kode pemulihan": "Code of the app, or a recovery code",
        "Buat kode baru": "Make new codes",
        "Matikan": "Switch off",
        "Peran Anda wajib memakainya. Bila ponsel berganti, mintalah admin meresetnya.": (
            "Your role must have it. If you have another phone, ask an admin to reset it."
        ),
        "Matikan langkah kedua": "Switch the second step off",
        "Langkah kedua dimatikan.": "The second step is off.",
        "Kata sandi diganti. Sesi di perangkat lain berakhir.": (
            "The password is changed. Sessions on other devices are over."
        ),
        "Tentang saya": "About me",
        "Nama, seperti dibaca rekan": "Name, as colleagues read it",
        "Bahasa halaman": "Language of the pages",
        "Peringatan dikirim lewat": "Alerts go by",
        "tidak dikirim": "not sent",
        "Nomor, ID obrolan atau alamat surel": "Number, chat id or e-mail address",
        "Kata sandi sekarang": "Present password",
        "Kata sandi baru, paling sedikit {n} huruf": "New password, at least {n} characters",
        "Sekali lagi": "Once more",
        "Tiga atau empat kata yang tak berkaitan mudah diingat dan sukar ditebak.": (
            "Three or four words that do not belong together are easy to remember and hard to guess."
        ),
        "Ganti kata sandi": "Change password",
        "sejak {at}": "since {at}",
        "Kode dari ponsel menjaga akun ini, juga bila kata sandinya diketahui orang.": (
            "A code of the phone guards this account even when somebody knows the password."
        ),
        "Atur": "Manage",
        "langkah kedua": "the second step",
        "Di mana saya masuk": "Where I am signed in",
        "peramban lain": "another browser",
        "sesi ini": "this one",
        "Akhiri": "End",
        "masuk {at}": "signed in {at}",
        "terakhir dipakai sekitar {at}": "last used about {at}",
        "Akhiri semua yang lain": "End all others",
        "Akun disimpan.": "Saved.",
        "Sesi diakhiri.": "Ended.",
        "Peran": "Role",
        "Kode wilayah; kosong untuk semua wilayah": "Code of the region; none for all regions",
        "Akun petugas": "Staff accounts",
        "Catatan tentang akun": "What the ledger says about accounts",
        "Tambah akun": "Add an account",
        "Tambah": "Add",
        "Kata sandi pertamanya tampil sekali sesudah ini.": "Its first password is shown once after this.",
        "terkunci": "locked",
        "dua langkah": "two steps",
        "Yang dilakukannya": "What they did",
        "Kata sandi pertama": "First password",
        "Kata sandi baru": "New password",
        "Hanya tampil sekali. Sampaikan langsung, dan mintalah ia menggantinya di halaman Akun saya.": (
            "Shown this once. Hand it over in person, and ask them to change it on the page My account."
        ),
        "Wewenang": "Power",
        "sampai {at}": "until {at}",
        "dapat masuk": "may sign in",
        "{n} kode pemulihan": "{n} recovery codes",
        "wajib bagi perannya": "their role must have it",
        "Peringatan": "Alerts",
        "Boleh": "May",
        "hanya membaca": "only read",
        "Tidak boleh": "May not",
        "Aduan tentang kantor di wilayah ini sendiri tidak dilihatnya: itu ditangani wilayah di atasnya.": (
            "Reports about the office of this very area are not seen here: the area above handles them."
        ),
        "Dilihatnya juga aduan yang ditutup dari kecamatan di wilayah ini; "
        "yang tentang wilayah ini sendiri ditangani di atasnya.": (
            "Sees reports hidden from districts of this area too; those about this area itself are handled above it."
        ),
        "Dilihatnya semua aduan, juga yang ditutup dari kantor setempat.": (
            "Sees all reports, also those hidden from the local office."
        ),
        "Ini akun Anda: wewenang sendiri tidak dapat diubah.": "This is your account: nobody changes their own power.",
        "Peran atau wilayah lain mengakhiri semua sesinya.": "Another role or region ends all their sessions.",
        "Buka kunci": "Unlock",
        "Akhiri semua sesinya": "End all their sessions",
        "Hapus langkah kedua": "Reset the second step",
        "Hidupkan lagi": "Enable again",
        "Matikan akun": "Disable the account",
        "Di mana ia masuk": "Where they are signed in",
        "Sedang tidak masuk.": "Not signed in.",
        "Yang diubah, dan mengapa": "What was changed, and why",
        "Perubahan disimpan dan dicatat.": "Saved and recorded.",
        "Buku besar": "Ledger",
        "siapa melakukan apa, dan buktinya": "who did what, and the proof",
        "Unduh CSV": "Take as CSV",
        "Rantai putus:": "The chain is broken:",
        "Catatan {first} sampai {last} utuh: {n} segel dihitung ulang dan cocok.": (
            "Acts {first} to {last} are sound: {n} links were recomputed and agree."
        ),
        "Dari tanggal": "From",
        "Sampai tanggal": "Until",
        "Ditampilkan: yang dilakukan akun-akun {region}.": "Shown is what accounts of {region} did.",
        "belum disegel": "not chained yet",
        "Rincian": "Detail",
        "Segel": "Link",
        "Tidak ada catatan": "No acts",
        "Ubah saringannya.": "Ask for something else.",
        "Bukti": "Proof",
        "Tiap catatan disegel dengan segel yang sebelumnya; yang diubah, dihapus atau diselipkan memutus rantai.": (
            "Each act is linked to the one before; what is altered, removed or slipped in breaks the chain."
        ),
        "Segel terbaru": "Newest link",
        "semua, tanpa hasil kiriman": "all, without what became of messages",
        "semua, juga hasil kiriman": "all, also what became of messages",
        "Menunggu segel": "Waiting for their link",
        "Diingat di luar basis data": "Remembered beside the data",
        "Pemeriksaan lengkap terakhir": "Last whole proof",
        "utuh": "sound",
        "tidak cocok": "disagrees",
        "{n} catatan, {m} temuan": "{n} acts, {m} findings",
        "belum pernah di sini; jalankan": "never here; run",
        "Periksa yang ditampilkan ({first}–{last})": "Check this stretch ({first}–{last})",
    }
)
