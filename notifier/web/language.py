"""What the pages say in Indonesian and English: sentences by their Indonesian wording, and words for our codes.

Knows no page. `said` of the messages to citizens has its own words; these are for staff.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from notifier.rules import reasons
from notifier.web.english import ENGLISH

_Words = Mapping[str, tuple[str, str]]  # code → (Indonesian, English)

WORDS: Mapping[str, _Words] = MappingProxyType(
    {
        "role": {
            "agent": ("petugas pengaduan", "agent"),
            "supervisor": ("penyelia", "supervisor"),
            "admin": ("admin program", "admin"),
            "auditor": ("auditor", "auditor"),
        },
        "news": {
            "ticket.opened": ("Aduan masuk", "Complaint came in"),
            "ticket.changed": ("Status aduan berubah", "Complaint has another status"),
            "ticket.answered": ("Aduan dijawab", "Complaint answered"),
            "ticket.closed": ("Aduan ditutup", "Complaint closed"),
            "delivery.settled": ("Nasib kiriman", "How a message fares"),
            "broadcast.state": ("Siaran berubah", "Broadcast has another state"),
            "webhook.ping": ("Uji coba", "Try"),
        },
        "channel": {
            "sms": ("SMS", "SMS"),
            "telegram": ("Telegram", "Telegram"),
            "email": ("Surel", "E-mail"),
            "web": ("Halaman web", "Web page"),
            "phone": ("Telepon", "Phone call"),
            "visit": ("Datang ke kantor", "Visit"),
            "letter": ("Surat", "Letter"),
            "officer": ("Lewat pendamping", "Through a field officer"),
            "incident": ("Insiden", "Incident"),
        },
        "language": {
            "id": ("Bahasa Indonesia", "Indonesian"),
            "en": ("Bahasa Inggris", "English"),
            "jv": ("Bahasa Jawa", "Javanese"),
            "su": ("Bahasa Sunda", "Sundanese"),
            "mad": ("Bahasa Madura", "Madurese"),
        },
        "zone": {
            "Asia/Jakarta": ("WIB", "WIB (UTC+7)"),
            "Asia/Makassar": ("WITA", "WITA (UTC+8)"),
            "Asia/Jayapura": ("WIT", "WIT (UTC+9)"),
        },
        "status": {
            "received": ("Baru", "New"),
            "verified": ("Diverifikasi", "Verified"),
            "assigned": ("Ditugaskan", "Assigned"),
            "in_progress": ("Sedang ditangani", "In progress"),
            "waiting": ("Menunggu warga", "Waiting for the citizen"),
            "resolved": ("Selesai, menunggu konfirmasi", "Resolved, awaiting confirmation"),
            "closed": ("Ditutup", "Closed"),
            "rejected": ("Ditolak", "Rejected"),
            "referred": ("Dirujuk", "Referred"),
            "merged": ("Digabung", "Merged"),
        },
        "act": {
            "open": ("Aduan masuk", "Opened"),
            "categorise": ("Ubah kategori", "Categorise"),
            "take_back": ("Tarik kembali jawaban", "Take the answer back"),
            "verify": ("Verifikasi", "Verify"),
            "assign": ("Tugaskan", "Assign"),
            "start": ("Mulai tangani", "Start work"),
            "answer": ("Kirim jawaban", "Send answer"),
            "ask_citizen": ("Tanya warga, lalu tunggu", "Ask, then wait"),
            "citizen_answered": ("Warga menjawab", "Citizen answered"),
            "resolve": ("Jawab dan nyatakan selesai", "Answer and resolve"),
            "confirm": ("Warga membenarkan selesai", "Citizen confirmed"),
            "reopen": ("Buka kembali", "Reopen"),
            "close": ("Tutup", "Close"),
            "reject": ("Tolak", "Reject"),
            "refer": ("Rujuk ke instansi lain", "Refer elsewhere"),
            "merge": ("Gabungkan", "Merge"),
            "append": ("Warga menambahkan", "Citizen added"),
            "reworded": ("Warga mengubah pesan", "Citizen edited a message"),
            "acknowledged": ("Tanda terima terkirim", "Acknowledged"),
            "warned": ("Petugas diperingatkan", "Staff warned"),
            "breached": ("Janji terlewat", "Promise broken"),
            "escalated": ("Dieskalasi", "Escalated"),
            "undelivered": ("Jawaban tidak terkirim", "Answer not delivered"),
            "adopted": ("Standar layanan diganti", "Policy changed"),
            "pause": ("Jam layanan dihentikan", "Service clock stopped"),
            "resume": ("Jam layanan dilanjutkan", "Service clock goes on"),
            "alarm_taken": ("Alarm ditangani", "Alarm taken"),
            "took_in": ("Aduan lain digabungkan ke sini", "Another one merged into it"),
            "unmerge": ("Gabungan dibatalkan", "Taken out again"),
            "let_out": ("Aduan lain dikeluarkan dari sini", "Another one taken out of it"),
            "reveal": ("Identitas dibuka", "Identity opened"),
            "sealed_off": ("Identitas dirahasiakan", "Identity sealed"),
            "shielded": ("Ditutup dari kantor setempat", "Hidden from the local office"),
            "unshielded": ("Dibuka untuk kantor setempat", "Given back to the local office"),
            "proposed": ("Diusulkan untuk disetujui orang kedua", "Proposed to a second person"),
            "withdrawn": ("Usul dikembalikan", "Proposal sent back"),
            "unseen": ("Tak ada petugas yang melihatnya; admin diberi tahu", "Nobody sees it; admins were told"),
            "seen_again": ("Ada petugas yang melihatnya lagi", "Somebody sees it again"),
            "silence_asked": ("Warga diam; petugas ditanya", "Citizen silent; the desk was asked"),
            "link": ("Dikaitkan dengan", "Linked with"),
            "unlink": ("Kaitan dilepas dari", "Unlinked from"),
            "split": ("Satu pesan dipisahkan", "A message split off"),
            "gathered": ("Masuk insiden", "Gathered into an incident"),
            "released": ("Keluar dari insiden", "Taken out of the incident"),
            "put_back": ("Dikembalikan: petugas tidak masuk", "Put back: the colleague is away"),
        },
        "view": {
            "mine": ("Milik saya", "Mine"),
            "unassigned": ("Belum ditugaskan", "Unassigned"),
            "team": ("Tim", "Team"),
            "breaching": ("Janji terlewat", "Breaching"),
            "waiting": ("Menunggu warga", "Waiting"),
            "urgent": ("Mendesak", "Urgent"),
            "undelivered": ("Belum terkirim", "Undelivered"),
            "all": ("Semua", "All"),
        },
        "tile": {
            "team": ("aduan terbuka", "open complaints"),
            "mine": ("aduan saya", "complaints of mine"),
            "breaching": ("janji terlewat", "promises broken"),
            "urgent": ("aduan mendesak", "urgent complaints"),
            "undelivered": ("jawaban belum terkirim", "answers not delivered"),
            "held": ("kiriman menunggu keputusan", "deliveries waiting for a decision"),
        },
        "hindrance": {
            "own": ("Anda yang merencanakannya; admin lain menyetujuinya", "you planned it; another admin approves it"),
            "right": ("seorang admin menyetujuinya", "an admin approves it"),
            "over": ("terlambat: waktunya sudah habis", "too late: its time is over"),
            "moved": (
                "penyalurannya berubah sesudah direncanakan: hentikan, lalu rencanakan lagi",
                "its round was changed since: stop it and plan it again",
            ),
            "asking": ("menunggu keputusan: buka dan lihat sebabnya", "waits for a decision: open it and see why"),
            "approved": ("disetujui: keluar sendiri pada waktunya", "approved: leaves by itself at its time"),
            "paused": ("dijeda", "paused"),
            "series_approved": ("dibuat sendiri oleh rencana ini", "made by this plan by itself"),
            "series_planned": (
                "rencana berulangnya belum disetujui: buka untuk menyetujui",
                "its plan is not approved yet: open it to approve",
            ),
        },
        "first_step": {
            "programme": ("Lihat program Anda", "Look at your programmes"),
            "people": ("Impor daftar penerima", "Import the register"),
            "point": ("Tulis titik penyaluran", "Write the distribution points"),
            "round": ("Buat penyaluran", "Make a round"),
            "line": ("Uji satu jalur dengan pesan kepada Anda sendiri", "Test a line with a message to yourself"),
            "second": ("Tambah admin kedua", "Add a second admin"),
            "plan": ("Rencanakan siaran", "Plan a broadcast"),
            "approved": ("Admin kedua menyetujuinya", "The second admin approves it"),
        },
        "first_step_how": {
            "programme": (
                "Nama, urutan saluran dan pengingat tiap program. Yang bawaan sudah cukup? Lanjutkan saja.",
                "Name, order of channels and reminders of each programme. Are the defaults right? Go on.",
            ),
            "people": (
                "Berkas CSV atau XLSX dengan NIK, nama, wilayah, program dan kontak. Diperiksa dahulu, baru diimpor. "
                "Wilayah mengikuti kode wilayahnya.",
                "A CSV or XLSX file with NIK, name, region, programme and contacts. It is looked at first, then "
                "imported. Regions follow from their codes.",
            ),
            "point": (
                "Tempat orang menerima bantuan, dengan jam buka dan daya tampungnya: impor, atau tulis satu per satu.",
                "Where people receive their aid, with opening hours and capacity: import them, or write one by one.",
            ),
            "round": (
                "Satu penyaluran: program, wilayah, tempat, waktu. Dari berkas juga bisa, di halaman Impor.",
                "One distribution: programme, region, place, time. From a file too, on the page Import.",
            ),
            "line": (
                "Di bawah jalur itu buka Kirim uji coba, tulis nomor atau alamat Anda sendiri.",
                "Below the line open Send a test, and write your own number or address.",
            ),
            "second": (
                "Tidak ada yang menyetujui rencananya sendiri: tambahkan rekan dengan peran admin.",
                "Nobody approves their own plan: add a colleague with the role admin.",
            ),
            "plan": (
                "Pilih pemberitahuan dan penyaluran, Hitung dulu, lalu Buat rencana. Belum ada yang dikirim.",
                "Choose a notice and a round, reckon first, then make the plan. Nothing is sent yet.",
            ),
            "approved": (
                "Admin lain masuk dengan akunnya, membuka rencana itu dan menyetujuinya. Lalu siaran berangkat.",
                "Another admin signs in, opens the plan and approves it. Then the broadcast leaves.",
            ),
        },
        "failure": {
            "busy": ("Terlalu banyak pesan sekaligus", "Too many messages at once"),
            "blocked": ("Warga memblokir atau belum memulai", "Blocked, or never begun, by the citizen"),
            "line": ("Jalur kami sendiri: kunci, saldo", "Our own line: key, credit"),
            "reach": ("Penyedia tidak terjangkau", "The provider could not be reached"),
            "address": ("Alamat tidak ada lagi", "The address is no more"),
            "words": ("Bentuk atau panjang pesan", "Form or length of the message"),
            "other": ("Lainnya", "Other"),
        },
        "cost_by": {
            "month": ("Bulan", "Month"),
            "programme": ("Program", "Programme"),
            "line": ("Jalur", "Line"),
            "broadcast": ("Siaran", "Broadcast"),
        },
        "late": {
            "unapproved": ("belum disetujui, waktunya lewat", "not approved, and its time is past"),
            "asks": ("menunggu keputusan", "waits for a decision"),
            "not_begun": ("belum mulai, waktunya lewat", "has not begun, and its time is past"),
            "rests": ("dijeda, waktunya lewat", "paused, and its time is past"),
            "rest": (
                "dihentikan sebelum selesai; sisanya belum direncanakan",
                "stopped half-way; the rest is not planned",
            ),
            "overruns": ("akan melewati batas waktunya", "will overrun its time"),
        },
        "list": {
            "told": ("Sudah diberi tahu", "Told"),
            "untold": ("Siapa yang belum diberi tahu, dan mengapa", "Who was not told, and why"),
            "held": ("Menunggu keputusan petugas", "Waiting for a decision"),
            "resend": ("Tidak pasti, dikirim ulang sendiri", "Perhaps sent, and sent once more by itself"),
            "unconfirmed": ("Diterima penyedia tanpa tanda terima", "Taken by the provider, no receipt came"),
            "due": ("Menunggu giliran", "Waiting for their turn"),
            "sending": ("Sedang dikirim", "Being sent"),
            "accepted": ("Diterima penyedia", "Taken by the provider"),
            "delivered": ("Sampai", "Delivered"),
            "read": ("Dibaca", "Read"),
            "unknown": ("Tidak pasti terkirim", "Perhaps sent"),
            "failed": ("Gagal", "Failed"),
            "expired": ("Kedaluwarsa", "Too late"),
            "cancelled": ("Dibatalkan", "Cancelled"),
            "suppressed": ("Tidak dikirim", "Not sent"),
        },
        "next": {
            "nothing": ("selesai", "nothing: told"),
            "report": ("menunggu jawaban penyedia", "the provider reports"),
            "leaves": ("akan dikirim", "leaves"),
            "halted": ("menunggu siaran dilanjutkan", "waits until the broadcast goes on"),
            "decide": ("petugas memutuskan", "someone decides"),
            "resend": ("dikirim ulang", "sent once more"),
            "visit": ("dikunjungi pendamping", "visited by a field officer"),
            "silent": ("tidak dikirim: meminta berhenti", "nothing: asked us to stop"),
            "called_off": (
                "dikunjungi, kecuali sisanya direncanakan lagi",
                "visited, unless the rest is planned anew",
            ),
            "taken_up": ("ikut siaran sisanya", "taken up by the rest"),
        },
        "visit": {
            "told": ("diberi tahu", "told"),
            "absent": ("tidak ada", "absent"),
            "moved": ("pindah", "moved"),
            "died": ("meninggal", "died"),
        },
        "confidentiality": {
            "open": ("Terbuka", "Open"),
            "confidential": ("Rahasia", "Confidential"),
            "anonymous": ("Anonim", "Anonymous"),
        },
        "event": {
            "round_announced": ("Jadwal penyaluran", "Round announced"),
            "round_reminder": ("Pengingat penyaluran", "Round reminder"),
            "round_changed": ("Perubahan jadwal", "Round changed"),
            "round_cancelled": ("Pembatalan penyaluran", "Round cancelled"),
            "round_posted": ("Jadwal di grup", "Schedule in a group"),
            "general_notice": ("Pemberitahuan umum", "General notice"),
            "entitlements_changed": ("Beberapa perubahan status bantuan", "Several benefit statuses changed"),
            "entitlement_changed": ("Perubahan status bantuan", "Benefit status changed"),
            "receipt_question": ("Pertanyaan: sudah diterima?", "Question: received?"),
            "ticket_received": ("Tanda terima aduan", "Complaint received"),
            "ticket_answer": ("Jawaban aduan", "Answer to a complaint"),
            "ticket_resolved": ("Aduan selesai", "Complaint resolved"),
            "ticket_status": ("Keadaan aduan", "State of a complaint"),
            "ticket_revealed": ("Identitas dibuka", "Identity opened"),
            "ticket_rating": ("Pertanyaan: seberapa puas?", "Question: how content?"),
            "desk_alert": ("Petugas: perlu dilihat", "Staff: please look"),
            "information": ("Informasi status", "Information"),
            "genuine_checked": ("Jawaban cek keaslian", "Check of a code"),
            "stop_confirmed": ("Konfirmasi STOP", "STOP confirmed"),
            "start_confirmed": ("Konfirmasi MULAI", "MULAI confirmed"),
            "help": ("Bantuan cara membalas", "Help"),
            "attachment_refused": ("Lampiran ditolak", "Attachment refused"),
            "sla_warning": ("Petugas: tenggat mendekat", "Staff: deadline near"),
            "sla_escalated": ("Petugas: eskalasi", "Staff: escalation"),
            "urgent_ticket": ("Petugas: aduan mendesak", "Staff: urgent complaint"),
            "broadcast_asks": ("Petugas: siaran bertanya", "Staff: a broadcast asks"),
            "webhook_off": ("Petugas: webhook dimatikan", "Staff: webhook switched off"),
            "line_alert": ("Petugas: jalur terganggu", "Staff: line in trouble"),
            "test_send": ("Kiriman uji", "Test message"),
            "talk": ("Percakapan", "Conversation"),
        },
        "broadcast": {
            "planned": ("menunggu persetujuan", "awaiting approval"),
            "approved": ("disetujui", "approved"),
            "canary": ("mencoba dahulu", "trying it on the first ones"),
            "expanding": ("menyiapkan", "preparing"),
            "sending": ("mengirim", "sending"),
            "done": ("selesai", "done"),
            "asking": ("bertanya", "asking"),
            "paused": ("dijeda", "paused"),
            "stopped": ("dihentikan", "stopped"),
            "withdrawn": ("dibatalkan", "withdrawn"),
        },
        "control": {
            "pause": ("Jeda", "Pause"),
            "resume": ("Lanjutkan", "Resume"),
            "release": ("Kirim sisanya sekarang", "Let the others go now"),
            "stop": ("Hentikan", "Stop"),
            "end": ("Akhiri", "End"),
        },
        "echo": {
            "receipt_yes": ("Sudah diterima", "Received"),
            "receipt_no": ("Belum diterima", "Not received"),
            "complaint": ("Pengaduan", "Complaints"),
            "wrong_info": ("Menyatakan isinya salah", "Say that it is wrong"),
            "question": ("Pertanyaan", "Questions"),
            "opt_out": ("Minta berhenti", "Asked to stop"),
        },
        "by": {
            "category": ("Kategori", "Category"),
            "region": ("Wilayah", "Region"),
            "round": ("Penyaluran", "Round"),
            "point": ("Titik penyaluran", "Distribution point"),
            "agent": ("Petugas", "Agent"),
        },
        "radar": {
            "integrity": ("Pungutan, potongan, perilaku", "Levies, deductions, conduct"),
            "missing": ("Bantuan tidak sampai", "Aid does not arrive"),
            "goods": ("Mutu barang", "Quality of goods"),
        },
        "line": {
            "clear": ("lancar", "clear"),
            "resting": ("istirahat", "resting"),
            "trying": ("dicoba lagi", "being tried again"),
        },
        "slice": {
            "told": ("Sudah diberi tahu", "Told"),
            "waiting": ("Menunggu", "Waiting"),
            "unsure": ("Tidak pasti", "Unsure"),
            "untold": ("Tidak diberi tahu", "Not told"),
        },
        "delivery": {
            "due": ("Menunggu giliran", "Waiting for its turn"),
            "sending": ("Sedang dikirim", "Being sent"),
            "accepted": ("Diterima penyedia", "Taken by the provider"),
            "delivered": ("Sampai", "Delivered"),
            "read": ("Dibaca", "Read"),
            "unknown": ("Tidak pasti terkirim", "Perhaps sent"),
            "failed": ("Gagal", "Failed"),
            "expired": ("Kedaluwarsa", "Too late"),
            "cancelled": ("Dibatalkan", "Cancelled"),
            "suppressed": ("Tidak dikirim", "Not sent"),
        },
        "file": {
            "waiting": ("sedang diambil", "being fetched"),
            "refused": ("ditolak", "refused"),
            "lost": ("hilang", "lost"),
        },
        "part": {
            "text": ("Isi", "Text"),
            "html": ("Isi berformat (HTML)", "Formatted text (HTML)"),
            "subject": ("Judul surel", "Subject"),
        },
        "version": {
            "draft": ("draf", "draft"),
            "reviewed": ("sudah ditinjau", "reviewed"),
            "published": ("terbit", "published"),
            "retired": ("tidak dipakai lagi", "retired"),
        },
        "page": {
            "frame": ("Bingkai semua halaman", "Frame of all pages"),
            "menu": ("Menu", "Menu"),
            "ways": ("Jalur pesan", "Ways to write"),
            "welcome": ("Halaman depan", "Front page"),
            "schedule": ("Jadwal bantuan", "Schedule"),
            "programmes": ("Jenis bantuan", "Programmes"),
            "status": ("Cek status", "Status"),
            "complain": ("Lapor masalah", "Complaint form"),
            "complained": ("Laporan diterima", "Complaint received"),
            "follow": ("Lacak laporan", "Following a complaint"),
            "how": ("Cara melapor", "How to complain"),
            "faq": ("Tanya jawab", "Questions and answers"),
            "stop": ("Berhenti dan mulai", "Stop and start"),
            "statistics": ("Angka layanan", "Figures"),
            "trouble": ("Gangguan dan alamat salah", "Faults and wrong addresses"),
            "genuine": ("Cek keaslian", "Whether a message is real"),
            "additions": ("Kata yang kami pahami", "Words we understand"),
        },
        # the parts of conversations, and kinds of texts
        "talk": {
            "general": ("Umum", "General"),
            "menu": ("Menu", "Menu"),
            "help": ("Bantuan", "Help"),
            "guide": ("Cara melapor", "How to complain"),
            "who": ("Untuk siapa", "For whom"),
            "schedule": ("Jadwal", "Dates"),
            "status": ("Status", "Status"),
            "ticket": ("Aduan", "Complaints"),
            "complaint": ("Melapor", "Complaining"),
            "register": ("Mendaftar", "Registering"),
            "language": ("Bahasa", "Language"),
            "officer": ("Petugas", "Officer"),
            "stop": ("Berhenti", "Stopping"),
            "wrong": ("Salah orang", "Wrong person"),
            "link": ("Nomor baru", "New number"),
            "questions": ("Pertanyaan", "Questions"),
            "label": ("Nama pilihan", "Names of choices"),
        },
        "kind": {
            "public_page": ("Halaman warga", "Citizens' pages"),
            "conversation": ("Percakapan", "Conversations"),
            "answer": ("Jawaban siap pakai", "Answers kept for often"),
            "lexicon": ("Kata yang kami pahami", "Words we understand"),
        },
        "sample": {
            "typical": ("biasa", "typical"),
            "shortest": ("terpendek", "shortest"),
            "longest": ("terpanjang", "longest"),
            "apostrophe": ("tanda kutip dan aksen", "quotes and accents"),
            "markup": ("nama mirip kode", "name like markup"),
            "no_amount": ("barang, bukan uang", "goods, not money"),
            "wit": ("Papua (WIT)", "Papua (WIT)"),
            "no_answers": ("jalur tanpa balasan", "line without answers"),
            "empty": ("yang boleh kosong dikosongkan", "all that may be empty"),
        },
        "round_field": {
            "programme": ("Program", "Programme"),
            "period": ("Periode", "Period"),
            "region": ("Wilayah", "Area"),
            "venue": ("Tempat", "Venue"),
            "address": ("Alamat", "Address"),
            "opens_at": ("Mulai", "Opens"),
            "closes_at": ("Selesai", "Closes"),
            "zone": ("Zona waktu", "Time zone"),
            "amount": ("Nilai", "Amount"),
            "method": ("Cara penyaluran", "Method"),
            "note": ("Catatan", "Note"),
            "state": ("Keadaan", "State"),
        },
        "round_act": {
            "created": ("dibuat", "created"),
            "changed": ("diubah", "changed"),
            "cancelled": ("dibatalkan", "cancelled"),
        },
        "round_state": {"open": ("buka", "open"), "cancelled": ("dibatalkan", "cancelled")},
        "double": {
            "household": ("Satu keluarga, nama mirip", "One household, alike names"),
            "phone": ("Satu nomor, banyak orang", "One phone, many people"),
        },
        # people, one by one
        "reach": {
            "ok": ("dipakai", "in use"),
            "old": ("lama", "old"),
            "dead": ("tidak dapat dipakai lagi", "finished"),
            "wrong": ("bukan miliknya", "not theirs"),
        },
        "person_act": {
            "revealed": ("Data terbuka dilihat", "Clear data seen"),
            "corrected": ("Data diperbaiki", "Corrected"),
            "retired": ("Kontak tidak dipakai lagi", "Address retired"),
            "merged": ("Digabung", "Merged"),
            "exported": ("Semua data diambil", "Everything exported"),
            "erased": ("Data dihapus", "Erased"),
        },
        "flag": {
            "birth_mismatch": ("tanggal lahir tidak cocok dengan NIK", "day of birth does not fit the NIK"),
            "gender_mismatch": ("jenis kelamin tidak cocok dengan NIK", "sex does not fit the NIK"),
            "nik_conflict": ("NIK perlu diperiksa", "NIK to be checked"),
            "corrected": ("diperbaiki petugas", "put right by hand"),
            "moved": ("dilaporkan pindah", "reported to have moved"),
            "died": ("dilaporkan meninggal", "reported to have died"),
        },
        # registers that come in by the page
        "register": {
            "people": ("Daftar penerima", "People"),
            "points": ("Titik penyaluran", "Distribution points"),
            "rounds": ("Jadwal penyaluran", "Rounds"),
            "statuses": ("Status penyaluran", "Payment records"),
            "visits": ("Hasil kunjungan", "Visits"),
        },
        "upload": {
            "looking": ("Sedang diperiksa", "Being looked at"),
            "ready": ("Menunggu keputusan", "Waits for a decision"),
            "running": ("Sedang diimpor", "Being imported"),
            "done": ("Selesai", "Done"),
            "failed": ("Gagal", "Failed"),
            "cancelled": ("Dibatalkan", "Cancelled"),
        },
        "step": {
            "reading": ("Membaca", "Reading"),
            "checking": ("Memeriksa", "Checking"),
            "writing": ("Menyimpan", "Writing"),
        },
        "counted": {
            "created": ("baru", "new"),
            "changed": ("berubah", "changed"),
            "unchanged": ("tetap", "unchanged"),
            "rejected": ("ditolak", "rejected"),
            "duplicates": ("ganda", "duplicates"),
            "conflicts": ("konflik", "conflicts"),
            "contacts_dropped": ("kontak tidak disimpan", "contacts not kept"),
            "absent": ("tidak ada di berkas", "absent from the file"),
            "notices": ("pemberitahuan", "notices"),
        },
        "outcome": {
            "rejected": ("ditolak", "rejected"),
            "duplicate": ("ganda", "duplicate"),
            "conflict": ("konflik", "conflict"),
            "accepted": ("diterima, kecuali", "taken, except"),
        },
        "decision": {
            "keep": ("Tetap yang pertama", "Keep the first"),
            "take": ("Pakai baris kedua", "Take the second row"),
            "flag": ("Dua orang: NIK perlu diperiksa", "Two people: check the NIK"),
        },
        "column": {
            "NAMA": ("Nama", "Name"),
            "JENIS_KELAMIN": ("Jenis kelamin", "Sex"),
            "TANGGAL_LAHIR": ("Tanggal lahir", "Born"),
            "NO_KK": ("Nomor KK", "Family card"),
            "ALAMAT": ("Alamat", "Address"),
            "KODE_WILAYAH": ("Wilayah", "Region"),
            "NO_HP": ("Nomor HP", "Phone"),
            "TELEGRAM_CHAT_ID": ("Telegram", "Telegram"),
            "EMAIL": ("Surel", "E-mail"),
            "PROGRAM": ("Program", "Programme"),
        },
        "link": {
            "related": ("terkait", "related"),
            "split": ("dipisahkan", "split off"),
        },
        "policy": {
            "incident": ("menurut insidennya", "by its incident"),
            "urgent": ("mendesak", "urgent"),
            "integrity": ("pungutan dan perilaku petugas", "levies and conduct"),
            "standard": ("layanan umum", "general service"),
            "without_clock": ("tanpa tenggat", "without a clock"),
        },
        "pause": {
            "citizen": ("menunggu warga", "waiting for the citizen"),
            "settled": ("dinyatakan selesai", "settled"),
        },
        "body": {
            "social_regency": ("Dinas Sosial kabupaten/kota", "Social Service of the regency"),
            "social_province": ("Dinas Sosial provinsi", "Social Service of the province"),
            "ministry": ("Kementerian Sosial", "Ministry of Social Affairs"),
            "inspectorate": ("Inspektorat", "Inspectorate"),
            "ombudsman": ("Ombudsman RI", "Ombudsman"),
            "kpk": ("KPK", "KPK, the anti-corruption commission"),
            "police": ("Kepolisian", "Police"),
        },
        "entitlement": {
            "DIJADWALKAN": ("dijadwalkan", "scheduled"),
            "DISALURKAN": ("sudah disalurkan", "disbursed"),
            "DITERIMA": ("sudah diterima", "received"),
            "GAGAL": ("gagal disalurkan", "failed"),
            "DITUNDA": ("ditunda", "postponed"),
        },
        "series": {
            "planned": ("menunggu persetujuan", "awaiting approval"),
            "approved": ("berjalan", "under way"),
            "paused": ("dijeda", "paused"),
            "ended": ("diakhiri", "ended"),
        },
        "every": {
            "round": ("hari penyaluran", "the day of each round"),
            "week": ("minggu", "the week"),
            "month": ("bulan", "the month"),
        },
        "weekday": {
            "1": ("Senin", "Monday"),
            "2": ("Selasa", "Tuesday"),
            "3": ("Rabu", "Wednesday"),
            "4": ("Kamis", "Thursday"),
            "5": ("Jumat", "Friday"),
            "6": ("Sabtu", "Saturday"),
            "7": ("Minggu", "Sunday"),
        },
        "receipt": {
            "confirmed": ("sudah menerima", "have received"),
            "denied": ("belum menerima", "have not received"),
            "silent": ("belum menjawab", "have not answered"),
        },
        "who": {
            "clock": ("sistem", "the clock"),
            "citizen": ("warga", "the citizen"),
            "demo": ("demo", "the demo"),
            "stranger": ("orang tak dikenal", "a stranger"),
            "worker": ("pengirim", "the sender"),
            "cli": ("lewat perintah", "by command"),
        },
        # accounts
        "right": {
            "answer": ("menangani dan menjawab aduan", "handle and answer reports"),
            "assign": ("menugaskan aduan", "assign reports"),
            "reveal": ("membuka identitas, dengan alasan", "open identities, with a reason"),
            "plan": ("merencanakan siaran", "plan broadcasts"),
            "import": ("mengimpor data", "import registers"),
            "accounts": ("mengurus akun", "look after accounts"),
            "export": ("mengunduh daftar", "take lists away"),
        },
        "account_act": {
            "account_added": ("Ditambahkan", "Added"),
            "account_changed": ("Diubah", "Changed"),
            "account_disabled": ("Dimatikan", "Disabled"),
            "account_enabled": ("Dihidupkan lagi", "Enabled"),
            "account_unlocked": ("Kunci dibuka", "Unlocked"),
            "password_reset": ("Kata sandi baru", "New password"),
            "second_step_reset": ("Langkah kedua dihapus", "Second step reset"),
            "sessions_ended": ("Sesi diakhiri", "Sessions ended"),
        },
    }
)

# Refusals of the use cases that staff meet most, in Indonesian; any other is shown as it came.
_REFUSALS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r'"(.*)" is no area; .*', r'"\1" bukan kode wilayah; tulis seperti 31.75.07.'),
        (r"\S+ plans for (\S+); (\S+) lies outside", r"Anda merencanakan untuk \1; \2 di luarnya."),
        (
            r'no group has the code "(.*)"; .*',
            r'Tidak ada grup berkode "\1"; kodenya muncul di grup saat bot ditambahkan.',
        ),
        (
            r"broadcast (\d+) is for (\d+) people now, and was shown with (\d+); .*",
            r"Siaran \1 sekarang untuk \2 orang, di daftar \3: buka dan lihat dahulu.",
        ),
        (r"nothing was ticked; .*", "Belum ada yang dicentang; centang yang Anda setujui."),
        (
            r"(\d+) plans are too many .* at most (\d+)",
            r"\1 rencana sekaligus terlalu banyak; setujui paling banyak \2.",
        ),
        (
            r"a notice says (\d+) to (\d+) characters; this has (\d+)",
            r"Pemberitahuan berisi \1 sampai \2 huruf; ini \3 huruf.",
        ),
        (
            r"the words of a notice are said as they are .*",
            "Kata-kata pemberitahuan dikirim apa adanya dan tidak menyebut fakta; hapus kurung kurawalnya.",
        ),
        (
            r"a notice to many must not hold a number of 16 digits.*",
            "Pemberitahuan kepada banyak orang tidak boleh memuat angka 16 digit: itu mungkin NIK seseorang.",
        ),
        (
            r"these words are broadcast (\d+) already; .*",
            r"Kata-kata ini sudah menjadi siaran \1; centang Kirim sekali lagi bila memang dimaksud.",
        ),
        (
            r"a general notice is about no round: .*",
            "Pemberitahuan umum tidak tentang satu penyaluran: status dan jawaban penerimaan tidak dapat dipilih.",
        ),
        (r"no ticket is ticked; .*", "Belum ada aduan yang dipilih; pilih dahulu yang dimaksud."),
        (
            r"(\d+) tickets at once are too many; .* (\d+)",
            r"\1 aduan sekaligus terlalu banyak; pilih paling banyak \2.",
        ),
        (
            r"the answer to ticket (\S+) has left; .*",
            r"Jawaban untuk aduan \1 sudah dikirim; tidak dapat ditarik lagi.",
        ),
        (r"there is no word in what you search for; .*", "Tidak ada kata untuk dicari; tulis huruf atau angka."),
        (r'there is no category ".*', "Kategori itu tidak ada; pilih dari daftarnya."),
        (
            r"\S+ reaches more than (\d+) people: another admin has to review it first",
            r"Ini dibaca lebih dari \1 orang: simpan sebagai draf, lalu minta admin lain menyetujuinya.",
        ),
        (
            r"\w+, \w+, \w+, \w+, line (\d+), column (\d+): .*",
            r"Belum dapat ditampilkan: perbaiki dahulu baris \1, kolom \2.",
        ),
        (r"there are no words for (\w+) on (\w+), .*", "Belum ada kata-katanya, juga tidak dalam bahasa Indonesia."),
        (r"these are your own words; .*", "Ini kata-kata Anda sendiri; admin lain yang harus menyetujuinya."),
        (r"the draft of .* is reviewed already; publish it", "Draf ini sudah ditinjau; terbitkan saja."),
        (r"there is no draft of .*; save one first", "Belum ada draf; ubah isinya dahulu."),
        (r"the draft of (\S+) was changed meanwhile; .*", r"Draf sudah diubah rekan lain; lihat lagi dahulu."),
        (r"version (\d+) of \S+ is in force already", r"Versi \1 sudah dipakai."),
        (r"(\S+) has no version (\d+) that was in force; .*", r"\1 tidak punya versi \2 yang pernah terbit."),
        (
            r"ticket (\S+) was changed while you looked at it.*",
            r"Aduan \1 sudah diubah rekan lain. Periksa lagi sebelum bertindak; tulisan Anda belum dikirim.",
        ),
        (r"there is nothing to keep.*", "Belum ada yang ditulis."),
        (r"(\S+) is this very ticket.*", r"\1 adalah aduan ini sendiri; tulis nomor lain."),
        (
            r"a confidential ticket is tied to no other.*",
            "Aduan rahasia tidak dikaitkan dengan aduan lain; tulis catatan.",
        ),
        (r"(\S+) and (\S+) are linked already", r"\1 dan \2 sudah dikaitkan."),
        (r"(\S+) and (\S+) are not linked", r"\1 dan \2 tidak dikaitkan."),
        (r"there is no ticket \"(.*)\" in your region", r"Tidak ada aduan “\1” di wilayah Anda."),
        (r"ticket (\S+) has only this one message.*", r"Aduan \1 hanya punya satu pesan ini."),
        (r"ticket (\S+) has no such message.*", r"Aduan \1 tidak punya pesan warga itu."),
        (
            r"nobody of the desk is free.*",
            "Tidak ada petugas yang dapat menerima: semua tidak masuk, penuh, atau di wilayah lain.",
        ),
        (r"say until when.*", "Isi tanggal terakhir tidak masuk: paling cepat hari ini, paling lama setahun lagi."),
        (r"there is no such answer for this ticket.*", "Jawaban itu tidak cocok untuk aduan ini; pilih yang lain."),
        (r"give the answer a title.*", "Beri judul, supaya rekan menemukannya."),
        (r"an answer without words.*", "Isi masih kosong; tulislah dahulu."),
        (r"the name of an answer is.*", "Nama pendek: huruf kecil, angka, dan garis bawah, misalnya jadwal."),
        (r"say how they came.*", "Pilih bagaimana warga menyampaikannya."),
        (r"a complaint is opened for somebody only.*", "Aduan hanya dibuka bila warga setuju; centang persetujuannya."),
        (r"write down what they told.*", "Tuliskan yang disampaikan warga, paling sedikit satu kalimat."),
        (r"there is no region (\S+); leave it .*", r"Tidak ada wilayah \1; kosongkan, atau tulis yang ada."),
        (r"the region (\S*) is not yours.*", r"Wilayah \1 bukan wilayah Anda."),
        (r"\"(.*)\" is no phone number.*", r"“\1” bukan nomor telepon; tulis seperti 0812 3456 7890 atau kosongkan."),
        (r"no line of this service carries SMS.*", "Layanan ini tidak punya jalur SMS; kosongkan teleponnya."),
        (
            r"the register has nobody with this NIK.*",
            "Tidak ada orang dengan NIK ini di wilayah Anda; periksa atau kosongkan.",
        ),
        (r"there is no round \"(.*)\"; leave.*", r"Tidak ada penyaluran “\1”; kosongkan bila tidak tahu."),
        (r"say in a sentence what happened.*", "Tuliskan dalam satu kalimat apa yang terjadi."),
        (r"ticket (\S+) belongs to an incident already", r"Aduan \1 sudah bagian dari sebuah insiden."),
        (r"ticket (\S+) belongs to no incident", r"Aduan \1 bukan bagian dari insiden."),
        (r"ticket (\S+) is confidential: it is tied.*", r"Aduan \1 rahasia: tidak dikaitkan dengan aduan lain."),
        (
            r"ticket (\S+) is \w+; only open ones are gathered",
            r"Aduan \1 sudah selesai; hanya yang terbuka dikumpulkan.",
        ),
        (
            r"(\S+) is an incident: answer all.*",
            r"\1 adalah insiden: jawab semua warganya sekaligus, atau keluarkan dahulu.",
        ),
        (r"ticket (\S+) is no incident", r"Aduan \1 bukan insiden."),
        (r"this incident is about no round.*", "Insiden ini tidak tentang satu penyaluran: tulis nomor aduannya."),
        (r"name the tickets to gather.*", "Tulis nomor aduan yang dikumpulkan, dipisahkan spasi."),
        (
            r"(\d+) complaints belong to it by now, not (\d+).*",
            r"Sekarang ada \1 aduan di dalamnya, bukan \2; lihat lagi sebelum mengirim.",
        ),
        (r"an empty note says nothing.*", "Catatan masih kosong; tulislah dahulu."),
        (r"'\w+' needs words.*", "Isi masih kosong; warga perlu diberi tahu sesuatu."),
        (r"Ticket (\S+): 'pause' needs a reason.*", r"Aduan \1: tuliskan menunggu apa; alasannya akan ditanyakan."),
        (r"the clock of ticket (\S+) stands already: (.*); let it run first", r"Jam aduan \1 sudah berhenti: \2."),
        (r"nobody of the desk lets the clock of ticket (\S+) stand", r"Jam aduan \1 tidak sedang dihentikan petugas."),
        (r"no alarm of ticket (\S+) rings", r"Tidak ada alarm aduan \1 yang berbunyi."),
        (r"name the letter by which .*", "Tuliskan nomor suratnya, 3 sampai 80 huruf."),
        (r"there is no body .*", "Pilih instansi yang dituju."),
        (r"Ticket (\S+): '\w+' needs a reason.*", r"Aduan \1: tuliskan alasannya, karena warga akan diberi tahu."),
        (r"an answer has at most (\d+) characters; this one has (\d+)", r"Jawaban paling panjang \1 huruf; ini \2."),
        (r"say in a few words why the reporter.*", "Tuliskan singkat mengapa identitas pelapor perlu diketahui."),
        (r"the last day, (\S+), is before the first, (\S+); .*", r"Hari terakhir, \1, mendahului yang pertama, \2."),
        (r"somebody has taken note of alarm \d+ already", "Alarm ini sudah ditindaklanjuti rekan lain."),
        (r"there is no alarm \d+ in your region", "Alarm itu tidak ada di wilayah Anda."),
        (
            r"'\w+' of ticket (\S+) takes two people: .*",
            r"Aduan \1 tertutup: usulkan dahulu, lalu akun lain menyetujui.",
        ),
        (r"ticket (\S+) is hidden, (\S+) is not; write .*", r"Aduan \1 tertutup, \2 tidak; tulislah catatan internal."),
        (r"ticket (\S+) is hidden, (\S+) is not; .*", r"Aduan \1 tertutup, \2 tidak; gabungkan ke yang tertutup juga."),
        (
            r"you gave ticket (\S+) back to its office yourself; .*",
            r"Anda sendiri yang membuka \1 untuk kantor setempat; akun lain yang mengakhirinya.",
        ),
        (r"ticket (\S+) is handled with (\S+): give that .*", r"Aduan \1 ditangani bersama \2; bukalah \2."),
        (
            r"(\S+) is an incident with complaints; .*",
            r"\1 adalah insiden yang berisi aduan; keluarkan dahulu aduannya.",
        ),
        (r"the reporter of ticket (\S+) is kept secret already", r"Pelapor \1 sudah dirahasiakan."),
        (r"ticket (\S+) is (?:not )?hidden already", r"Aduan \1 sudah seperti itu."),
        (r"say in a few words why; .*", "Tuliskan alasannya dengan singkat; alasan itu disimpan bersama aduan."),
        (r"whoever reported ticket (\S+) left neither.*", r"Pelapor \1 anonim: tidak ada yang mengenalnya."),
        (r"you proposed this for ticket (\S+) yourself.*", r"Usul untuk \1 dari Anda sendiri; akun lain harus setuju."),
        (r"nothing waits for a second person on (ticket )?(\S+); .*", r"Tidak ada usul yang menunggu pada \2."),
        (r"ticket (\S+) would leave your region.*", r"Aduan \1 akan keluar dari wilayah Anda; mintalah atasan."),
        (r"account \d+ does not answer tickets.*", "Akun itu tidak menjawab aduan; pilih petugas lain."),
        (r"(\S+) does not see the region of ticket.*", r"Wilayah \1 tidak mencakup aduan ini; pilih petugas lain."),
        (r"\S+ \(\w+\) lacks the right to .*", "Peran Anda tidak mencakup tindakan ini."),
        (
            r"(\w+) for (\S+) is broadcast (\d+) already.*",
            r"Siaran yang sama untuk \2 sudah ada: nomor \3. Centang "
            r"“Kirim sekali lagi” untuk memberi tahu orang yang sama sekali lagi.",
        ),
        (r"(\S+) is over at (.+); a message at (.+) is late", r"\1 berakhir \2; pesan pada \3 terlambat."),
        (r"(\S+) opens at (.+); ask whether .*", r"\1 baru dibuka \2; tanyakan penerimaan sesudah itu."),
        (r"the rest of broadcast (\d+) is broadcast (\d+) already", r"Sisa siaran \1 sudah direncanakan: siaran \2."),
        (
            r"the rest of broadcast (\d+) is broadcast (\d+), stopped half-way; plan the rest of that one",
            r"Sisa siaran \1 adalah siaran \2, yang dihentikan di tengah jalan; rencanakan sisa siaran itu.",
        ),
        (r"broadcast (\d+) is \w+; only one that was stopped half-way .*", r"Siaran \1 tidak punya sisa."),
        (r"broadcast (\d+) is still coming to rest; .*", r"Siaran \1 masih berhenti; coba lagi sebentar lagi."),
        (r"broadcast (\d+) has left nobody untold", r"Siaran \1 tidak menyisakan siapa pun."),
        (r"broadcast (\d+) is \w+; nobody waits for its first ones", r"Siaran \1 tidak menunggu orang-orang pertama."),
        (r"(.*) is past by more than .*", r"Waktu \1 sudah lama lewat. Pilih waktu lain, atau kosongkan."),
        (r"the region (\S+) is not in (\S*), which (\S+) serves", r"Wilayah \1 tidak termasuk wilayah \3."),
        (r"\d+ regions are too many for one broadcast; .*", "Terlalu banyak wilayah; pilih wilayah di atasnya."),
        (r"there is no such list in your region; .*", "Daftar itu tidak ada di wilayah Anda; bawa lagi berkasnya."),
        (r"there is no such round in your region; .*", "Penyaluran itu tidak ada di wilayah Anda."),
        (r"(\S+) defined plan (\d+); somebody else .*", r"\1 yang membuat rencana \2; orang lain harus menyetujuinya."),
        (r"plan (\d+) is (\w+); .*", r"Rencana \1 sudah tidak dapat diubah begitu."),
        (r"the words of plan (\d+) were changed since .*", r"Kata-kata rencana \1 diganti sesudah Anda membacanya."),
        (r"the words of plan (\d+) were changed", r"Kata-kata rencana berulang \1 diganti."),
        (r"plan (\d+) says exactly that already", "Kata-katanya masih sama."),
        (r"plan (\d+) has no words of its own; .*", r"Rencana \1 memakai kata-kata templat."),
        (r"plan (\d+) was ended", r"Rencana berulang \1 diakhiri."),
        (r"plan (\d+) is paused", r"Rencana berulang \1 dijeda."),
        (r"plan (\d+) does this", r"Digantikan rencana berulang \1."),
        (r"(\S+) is over: the service did not run .*", r"\1 sudah berakhir: layanan tidak berjalan pada waktunya."),
        (r"there was nobody to tell", "Tidak ada orang yang perlu diberi tahu."),
        (
            r"(\d+) people are more than the (\d+) that plan (\d+) was approved for",
            r"\1 orang, lebih dari \2 yang disetujui untuk rencana \3.",
        ),
        (
            r"whoever approved plan (\d+) may approve it no longer",
            r"Penyetuju rencana \1 tidak berwenang lagi; orang lain harus menyetujui siaran ini.",
        ),
        (r"give the plan a name of .*", "Beri nama 3 sampai 80 huruf."),
        (r"a monthly plan has a day from 1 to (\d+), .*", r"Rencana bulanan memakai tanggal 1 sampai \1."),
        (r"a weekly plan has a day of the week: .*", "Tulis hari seperti senin, atau 1 sampai 7."),
        (r"a weekly plan is a general notice; .*", "Rencana mingguan hanya untuk pemberitahuan umum."),
        (
            r"a general notice has no round to count days from; .*",
            "Pemberitahuan umum berulang tiap minggu atau tiap bulan.",
        ),
        (r"The region '(.*)' belongs to no province .*", r"Tidak ada provinsi dengan kode “\1”."),
        (r"a plan is at most (\d+) days from .*", r"Tulis hari seperti H-3 atau H+2, paling jauh \1 hari."),
        (r"nobody has received anything before .*", "Tanyakan penerimaan pada hari H atau sesudahnya."),
        (r'"(.*)" is no hour; .*', r"“\1” bukan jam; tulis 09:00."),
        (r"say how many people one occurrence .*", "Tulis paling banyak berapa orang tiap kali."),
        (r'"(.*)" is no programme; .*', "Pilih programnya."),
        (r"no file was given; .*", "Belum ada berkas; pilih CSV atau XLSX dengan kolom NIK atau KODE."),
        (r"(.*): no column is called NIK or KODE; .*", r"\1: tidak ada kolom NIK atau KODE; beri judul kolomnya."),
        (r"(.*): more than (\d+) rows; .*", r"\1: lebih dari \2 baris; pilih menurut wilayah atau status saja."),
        (r'no round has the code "(.*)"; .*', r"Tidak ada penyaluran “\1” di wilayah Anda."),
        (
            r"(\S+) planned broadcast (\d+); somebody else has to approve it",
            r"\1 yang merencanakan siaran \2; orang lain "
            r"harus menyetujuinya.",
        ),
        (
            r"broadcast (\d+) is (\w+); only a planned one can be approved",
            r"Siaran \1 tidak lagi menunggu persetujuan.",
        ),
        (r"broadcast (\d+) is (\w+); it cannot be \w+ any more", r"Siaran \1 sudah tidak dapat diubah."),
        (
            r"(\S+) was changed since broadcast (\d+) was planned.*",
            r"\1 berubah sejak siaran \2 direncanakan; hentikan dan "
            r"rencanakan lagi.",
        ),
        (
            r"(.+) is reckoned at (\S+), above its cap of (\S+); .*",
            r"Perhitungan biaya \2 melebihi batas \3; naikkan batasnya atau kurangi penerimanya.",
        ),
        (
            r"broadcast (\d+) has cost (\S+) of its cap of (\S+); .*",
            r"Siaran \1 sudah menghabiskan \2 dari batas \3; isi batas biaya yang lebih tinggi.",
        ),
        (r'canary "(.*)" is no .*', r"“\1” bukan jumlah orang; tulis misalnya 500 atau 2%."),
        (r'"(.*)" is no amount of rupiah; .*', r"“\1” bukan jumlah rupiah; tulis angka saja, misalnya 2500000."),
        (
            r"(\S+) was changed while you looked at it; look at it again",
            r"\1 sudah diubah rekan lain sejak Anda membukanya; muat ulang halaman.",
        ),
        (
            r"a programme is the same everywhere; .*",
            "Program sama di semua wilayah; hanya yang melihat semua wilayah dapat mengubahnya.",
        ),
        (r"the programme no longer plans this", "Program tidak lagi merencanakan ini."),
        (
            r"the database is a restored backup: look at what was sent since before it goes on",
            "Basis data dipulihkan dari cadangan: periksa apa yang sudah terkirim sebelum melanjutkan.",
        ),
        (r"the line (\S+) does not rest; .*", r"Jalur \1 tidak sedang istirahat."),
        (r'"(.*)" is no address for (\w+); .*', r"“\1” bukan alamat untuk jalur ini."),
        (r'no line is called "(.*)"; .*', r"Tidak ada jalur bernama “\1”."),
        (r"there is nothing to confirm: .*", "Tidak ada yang perlu dikonfirmasi."),
        (r"(\S+) sees (\S+) only; who confirms a restore .*", "Hanya admin seluruh wilayah yang dapat mengonfirmasi."),
        (
            r"(\S+) was changed while you looked at it and is version (\d+) now; look at it again",
            r"\1 sudah diubah rekan lain dan kini versi \2. Muat ulang, lalu periksa lagi; "
            r"perubahan Anda belum disimpan.",
        ),
        (r"(\S+) is cancelled already", r"\1 sudah dibatalkan."),
        (r"the round was changed \(version (\d+)\)", r"Penyalurannya diubah (versi \1)."),
        (r"the words of \w+ were changed since it was approved: (.*)", r"Kata-katanya diubah sejak disetujui: \1"),
        (r"stopped by hand", "Dihentikan petugas."),
        (
            r"(\S+) is cancelled; import it with the status BUKA to open it again",
            r"\1 sudah dibatalkan; impor dengan STATUS BUKA untuk membukanya lagi.",
        ),
        (r"there is no draft of .*", "Belum ada draf; simpan dahulu."),
        (r"broadcast (\d+) has nobody on this list", "Tidak ada orang di daftar ini sekarang."),
        (r"nobody was made due again: .*", "Tidak ada yang dikirim ulang: alamat mereka tidak dapat dipakai lagi."),
        (r"broadcast (\d+) was stopped; .*", r"Siaran \1 sudah dihentikan; rencanakan siaran baru."),
        (r"(\S+) is over since (.+); a message now .*", r"\1 sudah berakhir \2; pesan sekarang terlambat."),
        (r"(\S+) is cancelled; tell people that .*", r"\1 dibatalkan; beri tahukan pembatalannya."),
        (r"nothing of this is held any more; .*", "Sudah diputuskan; tidak ada lagi yang menunggu di sini."),
        (
            r"\S+/(\w+) can't be published: line (\d+), column (\d+): .*",
            r"Bagian “\1” belum dapat diterbitkan: perbaiki dahulu baris \2, "
            r"kolom \3 (lihat temuan di bawah).",
        ),
        (r"conflict (\d+) was decided already .*", r"Konflik \1 sudah diputuskan rekan lain; muat ulang daftarnya."),
        (r"there is no conflict (\d+) in your region", r"Tidak ada konflik \1 di wilayah Anda."),
        (r"the second row of conflict (\d+) can't be taken: (\S*): (.*)", r"Baris kedua tidak dapat dipakai: \2: \3"),
        # people who may be one
        (r"say which of the two stays", "Pilih catatan yang dipertahankan."),
        (r"that is one person already; .*", "Itu catatan yang sama; tulis nomor catatan lain."),
        (
            r"a message to one of the two is still under way; .*",
            "Masih ada pesan yang berjalan untuk salah satunya; gabungkan setelah selesai.",
        ),
        (
            r"a broadcast of (\S+) is just going .*",
            r"Siaran \1 sedang menyusun sasarannya; gabungkan setelah selesai.",
        ),
        (
            r"person (\d+) was told of (\S+), which is open until (\S+); .*",
            r"Catatan \1 sudah diberi tahu tentang \2 yang berlangsung sampai \3; pertahankan yang itu, atau tunggu.",
        ),
        (r"there is no such case \d+ in your region", "Dugaan itu tidak ada di wilayah Anda."),
        (r"case \d+ was decided already; .*", "Sudah diputuskan rekan lain; muat ulang daftarnya."),
        # promises tried out, merges undone
        (r"working minutes: .*", "Menit kerja: tulis bilangan bulat."),
        (r'"(.*)" is no time; choose day and hour', r"“\1” bukan waktu; pilih tanggal dan jamnya."),
        (r"pause (\d) ends before it begins", r"Jeda \1 berakhir sebelum dimulai."),
        (r"tables: (.*)", r"Tabel itu tidak dapat dipakai: \1"),
        (
            r"ticket (\S+) can't be merged into itself; .*",
            r"Aduan \1 tidak dapat digabung ke dirinya sendiri; tulis nomor lain.",
        ),
        (
            r"ticket (\S+) is \w+; merge into .*",
            r"Aduan \1 sudah selesai ditangani; gabungkan ke aduan yang masih terbuka.",
        ),
        (r"ticket (\S+) is handled by itself; .*", r"Aduan \1 tidak digabung ke aduan lain."),
        (r"taking ticket (\S+) out again needs a reason.*", r"Tulis apa yang keliru pada penggabungan aduan \1."),
        # people, one by one
        (
            r"that is no whole NIK, phone number or code .*",
            "Tulis NIK lengkap, nomor HP lengkap, atau kode pesan atau kunjungan; yang lain tidak dicari.",
        ),
        (
            r"say in a few words why; the reason is kept with .*",
            "Tuliskan alasannya dengan singkat; alasan itu disimpan.",
        ),
        (r"there is no such person in your region", "Tidak ada orang itu di wilayah Anda."),
        (
            r"person \d+ is merged into another or erased; .*",
            "Orang ini sudah digabung atau dihapus; tidak dapat diubah.",
        ),
        (r"person \d+ can't be corrected: (\S*): (.*)", r"Belum dapat disimpan: \1: \2"),
        (r"nothing of person \d+ would change; .*", "Tidak ada yang berubah; isi yang perlu diperbaiki."),
        (r"person \d+ has no such address in use", "Kontak itu sudah tidak dipakai."),
        (
            r"something of person \d+ is still under way .*",
            "Masih ada yang berjalan tentang orang ini; coba lagi nanti.",
        ),
        (r"tick that everything is to be erased; .*", "Centang bahwa semuanya dihapus; ini tidak dapat dibatalkan."),
        (r"nothing is left to be shown of person \d+", "Data orang ini sudah dihapus."),
        # registers that come in by the page
        (r"choose a file first", "Pilih berkasnya dahulu."),
        (r'".*" is no kind of register; .*', "Pilih jenis daftarnya."),
        (r"the file is larger than (\d+) MB; .*", r"Berkas lebih besar dari \1 MB; bagi menjadi beberapa berkas."),
        (
            r"there are no rejected rows of upload \d+ .*",
            "Baris yang ditolak tidak disimpan lagi; unggah berkasnya lagi.",
        ),
        (r"say that upload \d+ may go on .*", "Centang bahwa berkas ini memang lengkap, lalu mulai."),
        (r"upload \d+ does not wait to be started .*", "Berkas ini sudah dimulai atau dibuang; lihat lagi."),
        (r"upload \d+ is over; .*", "Impor ini sudah berakhir; tidak ada yang dapat dibatalkan."),
        (r"the file is not here any more; .*", "Berkasnya tidak ada lagi di sini; unggah sekali lagi."),
        (r"the service met a fault of its own; .*", "Ada kesalahan di sistem kami; sudah dicatat. Coba sekali lagi."),
        (r"a workbook brings in (\d+) rows, and more .*", r"Lebih dari \1 baris ditolak; unduh sebagai CSV."),
        (r"(.*): the file is empty; .*", r"Berkas \1: berkasnya kosong; ekspor lagi."),
        (
            r"(.*): this is .*, not a table; .*",
            r"Berkas \1: ini bukan tabel; simpan sebagai CSV atau XLSX, lalu unggah lagi.",
        ),
        (r"(.*): this is a compressed file, .*", r"Berkas \1: ini berkas terkompresi; simpan sebagai CSV atau XLSX."),
        (
            r"(.*): no row stands below the header on line (\d+)",
            r"Berkas \1: tidak ada baris di bawah judul (baris \2).",
        ),
        (
            r"(.*), line (\d+): no header with the columns (.*); found: (.*)",
            r"Berkas \1, baris \2: tidak ada judul dengan kolom \3. Yang ditemukan: \4",
        ),
        (
            r"(.*), line (\d+): the column (\S+) is missing; found: (.*)\. Needed are (.*)",
            r"Berkas \1, baris \2: kolom \3 tidak ada. Yang ditemukan: \4. Wajib ada: \5",
        ),
        (
            r"(.*), line (\d+), column (\d+): (\S+) stands twice; .*",
            r"Berkas \1, baris \2, kolom \3: \4 ada dua kali; hapus salah satu.",
        ),
        (r"(.*): a workbook of more than (\d+) rows; .*", r"Berkas \1: lebih dari \2 baris; simpan sebagai CSV."),
        (
            r"(.*): the workbook does not open .*",
            r"\1: berkas XLSX tidak dapat dibuka; simpan ulang, lalu unggah lagi.",
        ),
        (
            r"(.*), line (\d+): a quotation mark .*",
            r"Berkas \1, baris \2: tanda kutip (\") tidak ditutup atau tidak digandakan; perbaiki.",
        ),
        (r"(.*), line (\d+): a NUL byte; .*", r"Berkas \1, baris \2: berkas rusak; ekspor lagi sebagai CSV."),
        (
            r"(.*), line (\d+).*: (?:letters that|the file is UTF-8).*",
            r"Berkas \1, baris \2: ekspor lagi sebagai CSV UTF-8.",
        ),
        (
            r"(\S+) has (\d+) people of (\S+) \((.*)\), .* (\d+): (\d+) % fewer\. .*",
            r"Berkas \1 memuat \2 orang di \4 (\3), sebelumnya \5: berkurang \6 %. Pastikan ekspornya lengkap.",
        ),
        # the studio
        (r'there is no sample "(.*)"; .*', r"Tidak ada contoh orang “\1”; pilih dari daftarnya."),
        (r"a template has at most (\d+) characters .*", r"Tulisannya terlalu panjang: paling banyak \1 huruf."),
        (
            r"somebody saved a draft of this .*",
            "Rekan lain baru saja menyimpan draf ini; lihat dahulu, lalu simpan lagi.",
        ),
        (r"(\S+) has no shipped words .*", "Tidak ada kata-kata bawaannya; terbitkan kata-kata lain saja."),
        (r"(\S+) is in its shipped words already", "Kata-kata bawaan sudah dipakai."),
        (r"(\S+) has no draft to discard", "Tidak ada draf untuk dibuang."),
        (r"version (\d+) of (\S+) was changed meanwhile; .*", r"Versi \1 sudah diubah rekan lain; lihat lagi dahulu."),
        (r'(\S+) has no "(.*)"; there are: .*', r"Tidak ada versi “\2”."),
        (
            r"email needs subject and text in \w+ too; write it, then publish",
            "Judul dan teks surel belum ditulis dalam bahasa ini; tulis dahulu, lalu terbitkan.",
        ),
        (
            r"(\w+) needs (.*) in (\w+) too; write it, then publish",
            r"Bagian \2 belum ditulis dalam bahasa ini; tulis dahulu, lalu terbitkan.",
        ),
        (r'"(.*)" is no language code; .*', r"“\1” bukan kode bahasa; pilih id, en, jv atau su."),
        (r"\w+, \w+, \w+: the fact (\w+) was not given", r"Fakta \1 tidak diberikan."),
        (r"\w+, \w+, \w+: (?:.*)", "Dengan contoh orang ini pesannya tidak dapat disusun; pilih contoh lain."),
        # accounts
        (r"A password has (\d+) to (\d+) characters; .*", r"Kata sandi memuat \1 sampai \2 huruf."),
        (r"This password is among .*", "Kata sandi ini mudah ditebak; pakai tiga atau empat kata yang tak berkaitan."),
        (
            r"This password is the login .*",
            "Kata sandi ini sama dengan nama pengguna; pakai tiga atau empat kata lain.",
        ),
        (r"The password is wrong\. .*", "Kata sandi salah. Setelah 5 kali salah, akun terkunci 15 menit."),
        (r"That is not the code the app shows .*", "Bukan itu kode yang tampil sekarang. Apakah jam ponselnya tepat?"),
        (
            r"That code is wrong, was used .*",
            "Kode itu salah, sudah dipakai, atau sudah lewat. Tunggu kode berikutnya.",
        ),
        (r"The second step is on already; .*", "Langkah kedua sudah aktif; matikan dahulu."),
        (
            r"Your role must sign in with a .*",
            "Peran Anda wajib memakainya; admin dapat meresetnya bila ponsel hilang.",
        ),
        (r"The two new passwords differ; .*", "Kedua kata sandi baru tidak sama; ketik sekali lagi."),
        (r"That is the password you have; .*", "Itu kata sandi yang sekarang; pilih yang lain."),
        (r"That session is over already\.", "Sesi itu sudah berakhir."),
        (r"An account needs a name, .*", "Isi namanya, seperti dibaca rekan."),
        (r'".*" says no way to notify: .*', "Tulis nomor +62…, ID obrolan Telegram, atau alamat surel."),
        (
            r'"(.*)" is no login: .*',
            r"“\1” bukan nama pengguna: pakai 2 sampai 64 huruf kecil, angka, titik, - atau _.",
        ),
        (r'".*" is no role; .*', "Pilih perannya."),
        (r'"(.*)" is no region: .*', r"“\1” bukan kode wilayah; tulis seperti 31.75."),
        (r'There is no region "(.*)": .*', r"Tidak ada wilayah “\1”; tulis kode seperti 31.75."),
        (r'There is an account "(.*)" already; .*', r"Nama pengguna “\1” sudah ada; pilih yang lain."),
        (r"You look after (\S+); .*", r"Anda mengurus \1; pilih wilayah di dalamnya."),
        (r"Nobody changes their own power; .*", "Wewenang sendiri tidak dapat diubah; mintalah admin lain."),
        (r"(\S+) is the last admin of that area; .*", r"\1 admin terakhir wilayah itu; angkat admin lain dahulu."),
        (r"Nothing of this account would change\.", "Tidak ada yang berubah."),
        (r"a stretch has 1 to (\d+) acts; .*", r"Sekali periksa paling banyak \1 catatan; persempit saringannya."),
        # webhooks
        (r"a webhook's URL begins with https://.*", "Alamat webhook diawali https://."),
        (r"nobody knows the name (\S+); check the webhook's URL", r"Nama “\1” tidak dikenal; periksa alamatnya."),
        (r"this is no URL we can call: .*", "Alamat ini tidak dapat dipanggil; tulis https://sistem.contoh/jalur."),
        (
            r"a webhook's URL carries no name or password; .*",
            "Alamat webhook tanpa nama dan kata sandi; periksa tanda tangannya saja.",
        ),
        (r"a webhook's URL has no part after #", "Alamat webhook tanpa bagian sesudah #."),
        (r"a webhook's URL has no port 0", "Alamat webhook tidak memakai porta 0."),
        (r"(\S+) leads into a private network; .*", r"\1 berada di jaringan tertutup; pakai alamat umum."),
        (r"(\S+) may not be called without TLS: .*", r"\1 tidak boleh dipanggil tanpa TLS; tulis https://."),
        (r"a webhook needs a name .*", "Isi milik sistem apa, misalnya SIKS-NG."),
        (r"a webhook follows at least one kind of event; .*", "Pilih paling sedikit satu kabar."),
        (r"there are (\d+) webhooks already; .*", r"Sudah ada \1 webhook; hapus yang tidak dipakai."),
        (r"(.*) is \S+: switch it on, then try it", r"\1 sedang mati; hidupkan dahulu, lalu coba."),
        (r"this is no place in the list.*", "Alamat daftar ini tidak dikenal; mulai lagi dari halaman pertama."),
    )
)


def text(sentence: str, tongue: str, **values: Any) -> str:
    """A sentence in the reader's language; in Indonesian when nobody translated it."""
    said = ENGLISH.get(sentence, sentence) if tongue == "en" else sentence
    return said.format(**values) if values else said


def word(kind: str, code: str, tongue: str) -> str:
    """What stands for a code of ours; an unknown one as it came, readable. Reasons have a table of their own."""
    if kind == "reason":
        return reasons.said(code, tongue)
    found = WORDS.get(kind, {}).get(code)
    if found is None:
        return code.replace("_", " ")
    return found[1] if tongue == "en" else found[0]


def refusal(sentence: str, tongue: str) -> str:
    """A refusal in the reader's language, as far as it is known here."""
    return _upper(why(sentence, tongue))


def why(sentence: str, tongue: str) -> str:
    """A reason in the reader's language when it is one of ours; a person's own words stay as they are."""
    if found := _IMPOSSIBLE.fullmatch(sentence):
        return _impossible(found, tongue)
    for pattern, words in _REFUSALS if tongue != "en" else ():
        if pattern.fullmatch(sentence):
            return pattern.sub(words, sentence)
    if reasons.known(sentence) is not None:
        return _upper(reasons.said(sentence, tongue))
    return sentence


_IMPOSSIBLE = re.compile(r"Ticket (\S+) is (\w+), so '(\w+)' is not possible; possible is: (.*)\.")
_THEIRS = frozenset({"append", "citizen_answered", "confirm"})  # what citizens do, not whoever reads the sentence


def _impossible(found: re.Match[str], tongue: str) -> str:
    """Why an act can't be, in the words of the ticket's page."""
    number, status, act, could = found.groups()
    stands, what = word("status", status, tongue), word("act", act, tongue)
    acts = ", ".join(word("act", one, tongue) for one in could.split(", ") if one not in _THEIRS)
    if not acts:
        said = "Aduan {0} berstatus “{1}”, jadi “{2}” tidak dapat dilakukan; tidak ada tindakan lain yang mungkin."
        return text(said, tongue).format(number, stands, what)
    said = "Aduan {0} berstatus “{1}”, jadi “{2}” tidak dapat dilakukan. Yang dapat dilakukan: {3}."
    return text(said, tongue).format(number, stands, what, acts)


def _upper(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
